import HTTP
import Market
import Schema
import Venues

/// The REST interface of a ``FaultyVenue``; what it gives can be told from what the stream gave.
///
/// Trades of the archive have the receive time zero, and candles the source `file`.
struct ScriptedMarketData: VenueMarketData {
    let venue = "scripted"
    let feed: ScriptedFeed
    let client: ResilientClient
    let url: String

    private func ask(_ path: String) async throws(VenueError) -> [Double] {
        let endpoint = VenueEndpoint(venue: venue, path: path)
        let response: HTTPResponse
        do throws(HTTPError) {
            let request = HTTPRequest(url: url + path, timeouts: .init(connect: .seconds(1), total: .seconds(2)))
            response = try await client.send(request).requireSuccess()
        } catch { throw VenueError.transport(endpoint, error) }
        let words = String(decoding: response.body, as: UTF8.self).split(separator: " ")
        let numbers = words.dropLast().compactMap { Double($0) }
        guard words.last == "#", numbers.count == words.count - 1 else { throw .malformed(endpoint, "cut short") }
        return numbers
    }

    func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos
    ) throws(VenueError) -> CandlePages {
        CandlePages(
            Pager<CandlePage> { () async throws(VenueError) in
                let numbers = try await ask("/candles?from=\(from.milliseconds)&to=\(to.milliseconds)")
                var candles: [Candle] = []
                for row in stride(from: 0, to: numbers.count, by: 6) {
                    do throws(SchemaError) {
                        candles.append(
                            try Candle(
                                instrument: instrument, timeframe: timeframe,
                                openTime: UnixNanos(milliseconds: Int64(numbers[row])), open: numbers[row + 1],
                                high: numbers[row + 2], low: numbers[row + 3], close: numbers[row + 4],
                                volume: numbers[row + 5], source: .file))
                    } catch { throw VenueError.malformed(VenueEndpoint(venue: venue, path: "/candles"), "\(error)") }
                }
                return CandlePage(candles: candles)
            })
    }

    func trades(after last: NumberedTrade, asOf: UnixNanos) throws(VenueError) -> TradePages {
        TradePages(
            Pager<[NumberedTrade]> { () async throws(VenueError) in try await trades("/trades?after=\(last.trade.id)") }
        )
    }

    func recentTrades(_ instrument: Instrument, receivedAt: UnixNanos) async throws(VenueError) -> [NumberedTrade] {
        try await trades("/trades?after=0")
    }

    private func trades(_ path: String) async throws(VenueError) -> [NumberedTrade] {
        let numbers = try await ask(path)
        var trades: [NumberedTrade] = []
        for row in stride(from: 0, to: numbers.count, by: 4) {
            do throws(SchemaError) {
                let trade = try Trade(
                    instrument: feed.instrument, id: String(Int(numbers[row])), price: numbers[row + 1],
                    quantity: numbers[row + 2], aggressor: .unknown,
                    eventTime: UnixNanos(milliseconds: Int64(numbers[row + 3])), receiveTime: UnixNanos(0))
                let sequence = feed.style == .numbered ? UInt64(numbers[row]) : nil
                trades.append(NumberedTrade(trade: trade, sequence: sequence))
            } catch { throw VenueError.malformed(VenueEndpoint(venue: venue, path: path), "\(error)") }
        }
        return trades
    }

    func depthSnapshot(_ instrument: Instrument, receivedAt: UnixNanos) async throws(VenueError) -> DepthSnapshot {
        let numbers = try await ask("/depth")
        do throws(SchemaError) {
            return try feed.snapshot(numbers.dropFirst(), sequence: UInt64(numbers[0]), receivedAt, receivedAt)
        } catch { throw VenueError.malformed(VenueEndpoint(venue: venue, path: "/depth"), "\(error)") }
    }

    func listings(of instruments: [Instrument]) async throws(VenueError) -> [InstrumentListing] { [] }

    func serverTime() async throws(VenueError) -> UnixNanos {
        UnixNanos(milliseconds: Int64(try await ask("/time")[0]))
    }

    /// One page, and no more.
    struct Pager<Page: Sendable>: Sendable {
        let fetch: @Sendable () async throws(VenueError) -> Page
        var isDone = false

        init(_ fetch: @escaping @Sendable () async throws(VenueError) -> Page) { self.fetch = fetch }

        mutating func page() async throws(VenueError) -> Page? {
            guard !isDone else { return nil }
            isDone = true
            return try await fetch()
        }
    }
}

extension ScriptedMarketData.Pager: CandlePager where Page == CandlePage {
    mutating func next() async throws(VenueError) -> CandlePage? { try await page() }
}

extension ScriptedMarketData.Pager: TradePager where Page == [NumberedTrade] {
    mutating func next() async throws(VenueError) -> [NumberedTrade]? { try await page() }
}
