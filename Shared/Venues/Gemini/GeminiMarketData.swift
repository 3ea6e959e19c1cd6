public import HTTP
public import Market
public import Schema

/// Gemini's public market data by REST.
public struct GeminiMarketData: VenueMarketData {
    /// The most trades of one answer.
    private static let tradesPerPage = 500

    let requests: VenueRequests

    public var venue: String { Gemini.venue }

    /// Creates access to the venue.
    ///
    /// - Parameters:
    ///   - client: sends the requests; ``Gemini/client(transport:clock:random:)`` makes one.
    ///   - address: scheme, host and port, without a path.
    ///   - timeouts: how long one attempt may take.
    public init(
        client: ResilientClient, address: String = Gemini.address,
        timeouts: HTTPRequest.Timeouts = HTTPRequest.Timeouts()
    ) {
        requests = VenueRequests(
            venue: Gemini.venue, client: client, address: address, timeouts: timeouts,
            refusal: { GeminiErrors.refusal($0) })
    }

    /// Downloads closed candles, oldest first; the venue has only the newest ones of each timeframe (a day of minutes).
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue, and for four hours. The pages throw
    ///   the others.
    public func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos
    ) throws(VenueError) -> CandlePages {
        try requests.check(instrument)
        guard let name = Gemini.timeframe(timeframe) else {
            throw .unsupported(venue: venue, "\(timeframe.rawValue) candles")
        }
        let cursor = CandleCursor(
            instrument: instrument, timeframe: timeframe, from: from, to: to, asOf: asOf, paging: .newestOnly)
        return CandlePages(
            GeminiCandlePager(
                cursor: cursor, path: "/v2/candles/\(Gemini.symbol(instrument))/\(name)", requests: requests))
    }

    public func trades(after last: NumberedTrade, asOf: UnixNanos) throws(VenueError) -> TradePages {
        try requests.check(last.trade.instrument)
        return TradePages(GeminiTradePager(last: last.trade, asOf: asOf, venue: self))
    }

    public func recentTrades(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        try await trades(instrument, [:], receivedAt: receivedAt)
    }

    public func depthSnapshot(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> DepthSnapshot {
        let path = "/v1/book/\(try symbol(instrument))"
        let query: HTTPQuery = ["limit_bids": "500", "limit_asks": "500"]
        let book = try await requests.get(GeminiBook.self, path, query, weight: 1).answer
        return DepthSnapshot(
            instrument: instrument, bids: book.bids.map(\.level), asks: book.asks.map(\.level), eventTime: receivedAt,
            receiveTime: receivedAt)
    }

    /// How the venue lists some instruments; it is asked for each one by itself.
    public func listings(of instruments: [Instrument]) async throws(VenueError) -> [InstrumentListing] {
        var listings: [InstrumentListing] = []
        for instrument in instruments {
            let path = "/v1/symbols/details/\(try symbol(instrument))"
            do throws(VenueError) {
                let answer = try await requests.get(GeminiSymbol.self, path, weight: 1).answer
                do throws(VenueListingOmission) { listings.append(try answer.listing()) } catch {
                    throw .malformed(requests.endpoint(path), error.reason)
                }
            } catch {
                guard case .refused(_, let refusal) = error, refusal.reason == .unknownInstrument else { throw error }
            }
        }
        return listings
    }

    /// The time by the venue's clock, from the date of an answer, to the second: it has no other way of telling it.
    public func serverTime() async throws(VenueError) -> UnixNanos {
        let path = "/v1/symbols"
        guard let date = try await requests.get([String].self, path, weight: 1).response.date else {
            throw .malformed(requests.endpoint(path), "no date")
        }
        return UnixNanos(seconds: date)
    }

    private func symbol(_ instrument: Instrument) throws(VenueError) -> String {
        try requests.check(instrument)
        return Gemini.symbol(instrument)
    }

    /// One answer's trades, oldest first.
    fileprivate func trades(
        _ instrument: Instrument, _ query: HTTPQuery, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        let path = "/v1/trades/\(try symbol(instrument))"
        var query = query
        query.append("limit_trades", Self.tradesPerPage)
        var trades: [NumberedTrade] = []
        for row in try await requests.get([GeminiTrade].self, path, query, weight: 1).answer.reversed() {
            do throws(SchemaError) { trades.append(try row.trade(instrument, receivedAt: receivedAt)) } catch {
                throw .malformed(requests.endpoint(path), "\(error)")
            }
        }
        return trades
    }
}

/// Fetches a download's one page.
private struct GeminiCandlePager: CandlePager {
    var cursor: CandleCursor
    let path: String
    let requests: VenueRequests

    mutating func next() async throws(VenueError) -> CandlePage? {
        guard cursor.window != nil else { return nil }
        let (rows, response) = try await requests.get([GeminiCandle].self, path, weight: 1)
        // The newest comes first.
        return try cursor.accept(rows.reversed().map(\.candle), date: response.date, requests.endpoint(path))
    }
}

/// Fetches the pages of one download of trades: those after a trade's identifier, from the oldest on.
private struct GeminiTradePager: TradePager {
    var last: Trade
    let asOf: UnixNanos
    let venue: GeminiMarketData

    mutating func next() async throws(VenueError) -> [NumberedTrade]? {
        let page = try await venue.trades(last.instrument, ["since_tid": last.id], receivedAt: asOf)
        guard let newest = page.last?.trade else { return nil }
        // Identifiers rise; a page that does not rise would be asked for for ever.
        guard let (before, after) = numbers(last, newest), after > before else {
            throw .malformed(venue.requests.endpoint("trades"), "trade \(newest.id) does not come after \(last.id)")
        }
        last = newest
        return page
    }

    private func numbers(_ first: Trade, _ second: Trade) -> (UInt64, UInt64)? {
        guard let first = UInt64(first.id), let second = UInt64(second.id) else { return nil }
        return (first, second)
    }
}
