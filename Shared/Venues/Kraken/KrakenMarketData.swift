public import HTTP
public import Market
public import Schema

/// Kraken's public spot market data by REST.
public struct KrakenMarketData: VenueMarketData {
    private static let path = "/0/public"
    /// The most trades of one answer.
    private static let tradesPerPage = 1000

    let requests: VenueRequests

    public var venue: String { Kraken.venue }

    /// Creates access to the venue.
    ///
    /// - Parameters:
    ///   - client: sends the requests; ``Kraken/client(transport:clock:random:)`` makes one.
    ///   - address: scheme, host and port, without a path.
    ///   - timeouts: how long one attempt may take.
    public init(
        client: ResilientClient, address: String = Kraken.address,
        timeouts: HTTPRequest.Timeouts = HTTPRequest.Timeouts()
    ) {
        requests = VenueRequests(
            venue: Kraken.venue, client: client, address: address, timeouts: timeouts,
            refusal: {
                KrakenErrors.refusal($0) ?? VenueRefusal(reason: .other, status: $0.status, code: nil, message: "")
            })
    }

    /// Downloads closed candles, oldest first; the venue has the newest 720 of each timeframe, and no older ones.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue. The pages throw the others.
    public func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos
    ) throws(VenueError) -> CandlePages {
        try requests.check(instrument)
        let cursor = CandleCursor(
            instrument: instrument, timeframe: timeframe, from: from, to: to, asOf: asOf, paging: .newestOnly)
        return CandlePages(KrakenCandlePager(cursor: cursor, instrument: instrument, timeframe: timeframe, venue: self))
    }

    public func trades(after last: NumberedTrade, asOf: UnixNanos) throws(VenueError) -> TradePages {
        try requests.check(last.trade.instrument)
        let cursor = TradeCursor(after: last, pageSize: Self.tradesPerPage)
        return TradePages(KrakenTradePager(cursor: cursor, asOf: asOf, venue: self))
    }

    public func recentTrades(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        try await trades(instrument, since: nil, receivedAt: receivedAt)
    }

    public func depthSnapshot(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> DepthSnapshot {
        let query: HTTPQuery = ["pair": try pair(instrument), "count": "500"]
        let depth = try await get(KrakenPairResult<KrakenDepth>.self, "Depth", query).result.value
        return DepthSnapshot(
            instrument: instrument, bids: depth.bids.map(\.level), asks: depth.asks.map(\.level),
            eventTime: receivedAt, receiveTime: receivedAt)
    }

    public func listings(of instruments: [Instrument]) async throws(VenueError) -> [InstrumentListing] {
        for instrument in instruments { try requests.check(instrument) }
        return try await allListings().of(instruments)
    }

    /// The pairs of the venue.
    public func allListings() async throws(VenueError) -> VenueListings {
        VenueListings(kraken: try await get([String: KrakenPair].self, "AssetPairs", [:]).result)
    }

    public func serverTime() async throws(VenueError) -> UnixNanos {
        struct Time: Decodable { let unixtime: UnixSeconds }
        return try await get(Time.self, "Time", [:]).result.unixtime.moment
    }

    fileprivate func pair(_ instrument: Instrument) throws(VenueError) -> String {
        try requests.check(instrument)
        return Kraken.pair(instrument)
    }

    fileprivate func endpoint(_ function: String) -> VenueEndpoint { requests.endpoint("\(Self.path)/\(function)") }

    /// Trades at or after `since`, oldest first; the newest ones where it is `nil`.
    fileprivate func trades(
        _ instrument: Instrument, since: UnixNanos?, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        var query: HTTPQuery = ["pair": try pair(instrument), "count": "\(Self.tradesPerPage)"]
        if let since { query.append("since", since.rawValue) }
        var trades: [NumberedTrade] = []
        for row in try await get(KrakenPairResult<[KrakenTrade]>.self, "Trades", query).result.value {
            do throws(SchemaError) { trades.append(try row.trade(instrument, receivedAt: receivedAt)) } catch {
                throw .malformed(endpoint("Trades"), "\(error)")
            }
        }
        return trades
    }

    /// Asks for one function, and tells a refusal, which comes with status 200, from a result.
    fileprivate func get<Result: Decodable>(
        _ type: Result.Type, _ function: String, _ query: HTTPQuery
    ) async throws(VenueError) -> (result: Result, response: HTTPResponse) {
        let (answer, response) = try await requests.get(
            KrakenAnswer<Result>.self, "\(Self.path)/\(function)", query, weight: 1)
        if let refusal = KrakenErrors.refusal(response) { throw .refused(endpoint(function), refusal) }
        guard let result = answer.result else { throw .malformed(endpoint(function), "neither error nor result") }
        return (result, response)
    }
}

/// Fetches a download's one page.
private struct KrakenCandlePager: CandlePager {
    var cursor: CandleCursor
    let instrument: Instrument
    let timeframe: Timeframe
    let venue: KrakenMarketData

    mutating func next() async throws(VenueError) -> CandlePage? {
        guard let window = cursor.window else { return nil }
        // The venue gives what is after `since`, in seconds.
        let query: HTTPQuery = [
            "pair": try venue.pair(instrument), "interval": "\(timeframe.minutes)",
            "since": "\(max(0, window.lowerBound.milliseconds / 1000 - 1))",
        ]
        let (result, response) = try await venue.get(KrakenPairResult<[KrakenCandle]>.self, "OHLC", query)
        return try cursor.accept(result.value.map(\.candle), date: response.date, venue.endpoint("OHLC"))
    }
}

/// Fetches the pages of one download of trades.
private struct KrakenTradePager: TradePager {
    var cursor: TradeCursor
    let asOf: UnixNanos
    let venue: KrakenMarketData

    mutating func next() async throws(VenueError) -> [NumberedTrade]? {
        guard !cursor.isFinished else { return nil }
        // A microsecond back, since the venue's times have fewer digits in answers than in its database.
        let since = cursor.last.trade.eventTime.advanced(by: -1000)
        let page = try await venue.trades(cursor.last.trade.instrument, since: since, receivedAt: asOf)
        return try cursor.accept(page, venue.endpoint("Trades"))
    }
}
