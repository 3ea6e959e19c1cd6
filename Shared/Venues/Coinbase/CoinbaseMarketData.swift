public import HTTP
public import Market
public import Schema

/// Coinbase Advanced Trade's public market data by REST: what needs no key.
public struct CoinbaseMarketData: VenueMarketData {
    private static let path = "/api/v3/brokerage/market"
    /// The most candles of one answer.
    private static let candlesPerPage = 350

    let requests: VenueRequests

    public var venue: String { Coinbase.venue }

    /// Creates access to the venue.
    ///
    /// - Parameters:
    ///   - client: sends the requests; ``Coinbase/client(transport:clock:random:)`` makes one.
    ///   - address: scheme, host and port, without a path.
    ///   - timeouts: how long one attempt may take.
    public init(
        client: ResilientClient, address: String = Coinbase.address,
        timeouts: HTTPRequest.Timeouts = HTTPRequest.Timeouts()
    ) {
        requests = VenueRequests(
            venue: Coinbase.venue, client: client, address: address, timeouts: timeouts,
            refusal: { CoinbaseErrors.refusal($0) })
    }

    public func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos
    ) throws(VenueError) -> CandlePages {
        try requests.check(instrument)
        let cursor = CandleCursor(
            instrument: instrument, timeframe: timeframe, from: from, to: to, asOf: asOf,
            paging: .windows(of: Self.candlesPerPage))
        return CandlePages(
            CoinbaseCandlePager(
                cursor: cursor, path: "\(Self.path)/products/\(Coinbase.symbol(instrument))/candles",
                granularity: Coinbase.granularity(timeframe), requests: requests))
    }

    public func trades(after last: NumberedTrade, asOf: UnixNanos) throws(VenueError) -> TradePages {
        try requests.check(last.trade.instrument)
        guard let number = last.sequence else {
            throw .unsupported(venue: venue, "the trade \(last.trade.id) has no number")
        }
        let walk = BackwardTradeWalk(after: number, at: last.trade.eventTime, asOf: asOf)
        return TradePages(
            CoinbaseTradePager(walk: walk, instrument: last.trade.instrument, asOf: asOf, venue: self))
    }

    public func recentTrades(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        try await trades(instrument, ["limit": "\(BackwardTradeWalk.pageSize)"], receivedAt: receivedAt)
    }

    public func depthSnapshot(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> DepthSnapshot {
        try requests.check(instrument)
        let path = "\(Self.path)/product_book"
        let query: HTTPQuery = ["product_id": Coinbase.symbol(instrument), "limit": "500"]
        let answer = try await requests.get(CoinbaseBook.self, path, query, weight: 1).answer
        do throws(SchemaError) { return try answer.snapshot(instrument, receivedAt: receivedAt) } catch {
            throw .malformed(requests.endpoint(path), "\(error)")
        }
    }

    public func listings(of instruments: [Instrument]) async throws(VenueError) -> [InstrumentListing] {
        for instrument in instruments { try requests.check(instrument) }
        return try await allListings().of(instruments)
    }

    /// The spot products of the venue.
    public func allListings() async throws(VenueError) -> VenueListings {
        let query: HTTPQuery = ["product_type": "SPOT"]
        return try await requests.get(CoinbaseListings.self, "\(Self.path)/products", query, weight: 1).answer.listings
    }

    public func serverTime() async throws(VenueError) -> UnixNanos {
        struct Answer: Decodable { let iso: PublishedDate }
        return try await requests.get(Answer.self, "/api/v3/brokerage/time", weight: 1).answer.iso.moment
    }

    /// One answer's trades, oldest first.
    fileprivate func trades(
        _ instrument: Instrument, _ query: HTTPQuery, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        try requests.check(instrument)
        let path = "\(Self.path)/products/\(Coinbase.symbol(instrument))/ticker"
        var trades: [NumberedTrade] = []
        let rows = try await requests.get(CoinbaseTrades.self, path, query, weight: 1).answer.trades
        for row in rows.sorted(by: CoinbaseTrade.isEarlier) {
            do throws(SchemaError) { trades.append(try row.trade(instrument, receivedAt: receivedAt)) } catch {
                throw .malformed(requests.endpoint(path), "\(error)")
            }
        }
        return trades
    }
}

/// Fetches the pages of one download of candles.
private struct CoinbaseCandlePager: CandlePager {
    var cursor: CandleCursor
    let path: String
    let granularity: String
    let requests: VenueRequests

    mutating func next() async throws(VenueError) -> CandlePage? {
        guard let window = cursor.window else { return nil }
        // The bounds are inclusive and in seconds.
        let query: HTTPQuery = [
            "start": "\(UnixNanos(window.lowerBound.rawValue + 999_999_999).milliseconds / 1000)",
            "end": "\(UnixNanos(window.upperBound.rawValue - 1).milliseconds / 1000)", "granularity": granularity,
            "limit": "350",
        ]
        let (answer, response) = try await requests.get(CoinbaseCandles.self, path, query, weight: 1)
        return try cursor.accept(
            answer.candles.reversed().map(\.candle), date: response.date, requests.endpoint(path))
    }
}

/// Fetches a hole's trades from its end to its beginning, and gives them out in one page.
private struct CoinbaseTradePager: TradePager {
    var walk: BackwardTradeWalk
    let instrument: Instrument
    let asOf: UnixNanos
    let venue: CoinbaseMarketData

    mutating func next() async throws(VenueError) -> [NumberedTrade]? {
        while let seconds = walk.window {
            let query: HTTPQuery = [
                "limit": "\(BackwardTradeWalk.pageSize)", "start": "\(seconds.lowerBound)",
                "end": "\(seconds.upperBound)",
            ]
            let page = try await venue.trades(instrument, query, receivedAt: asOf)
            do throws(TradeDisorder) { try walk.accept(page) } catch {
                throw .malformed(
                    venue.requests.endpoint("ticker"),
                    "trade \(error.id): a full page lies within its second, so there is no way to ask for older ones")
            }
        }
        return walk.takeTrades()
    }
}
