public import HTTP
public import Schema

/// Binance's public market data by REST.
public struct BinanceMarketData: VenueMarketData {
    let product: BinanceProduct
    let requests: VenueRequests

    public var venue: String { product.venue }

    /// Creates access to a venue.
    ///
    /// - Parameters:
    ///   - product: which of Binance's interfaces.
    ///   - client: sends the requests; ``Binance/client(transport:product:clock:random:)`` makes one.
    ///   - address: scheme, host and port, without a path; the product's own if not given.
    ///   - timeouts: how long one attempt may take.
    public init(
        product: BinanceProduct = .spot, client: ResilientClient, address: String? = nil,
        timeouts: HTTPRequest.Timeouts = HTTPRequest.Timeouts()
    ) {
        self.product = product
        requests = VenueRequests(
            venue: product.venue, client: client, address: address ?? product.address, timeouts: timeouts,
            refusal: { BinanceErrors.refusal($0) })
    }

    /// Downloads closed candles, oldest first, up to 1000 a page.
    ///
    /// A candle that is still open at `asOf`, or by the venue's own clock when it answers, is left out; every closed
    /// one that the venue has in the range comes exactly once. Candles that the venue lacks are simply not there.
    ///
    /// `from` is the first open time wanted, `to` the first one not wanted, and `asOf` the time now, by our clock.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue. The pages throw the others.
    public func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos
    ) throws(VenueError) -> CandlePages {
        try requests.check(instrument)
        let cursor = CandleCursor(
            instrument: instrument, timeframe: timeframe, from: from, to: to, asOf: asOf, paging: .fromStart)
        return CandlePages(
            BinanceCandlePager(
                cursor: cursor, symbol: BinanceProduct.symbol(instrument), interval: timeframe.rawValue, venue: self))
    }

    public func depthSnapshot(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> DepthSnapshot {
        let query: HTTPQuery = ["symbol": try symbol(instrument), "limit": "1000"]
        return try await get(BinanceDepth.self, "depth", query).answer.snapshot(instrument, receivedAt: receivedAt)
    }

    public func listings(of instruments: [Instrument]) async throws(VenueError) -> [InstrumentListing] {
        for instrument in instruments { try requests.check(instrument) }
        return try await allListings().of(instruments)
    }

    /// The symbols of `exchangeInfo`; of futures, perpetual ones only.
    public func allListings() async throws(VenueError) -> VenueListings {
        try await get(BinanceListings.self, "exchangeInfo", [:]).answer.listings(product)
    }

    public func serverTime() async throws(VenueError) -> UnixNanos {
        struct Answer: Decodable { let serverTime: UnixMilliseconds }
        return try await get(Answer.self, "time", [:]).answer.serverTime.moment
    }

    /// The symbol to ask for.
    func symbol(_ instrument: Instrument) throws(VenueError) -> String {
        try requests.check(instrument)
        return BinanceProduct.symbol(instrument)
    }

    /// Asks for one function of the product's interface.
    func get<Answer: Decodable>(
        _ type: Answer.Type, _ function: String, _ query: HTTPQuery
    ) async throws(VenueError) -> (answer: Answer, response: HTTPResponse) {
        try await requests.get(type, "\(product.path)/\(function)", query, weight: product.weight(function))
    }

    /// Turns a value that breaks a rule of the schema into the venue's error.
    func valid<Value>(
        _ function: String, _ value: () throws(SchemaError) -> Value
    ) throws(VenueError) -> Value {
        do throws(SchemaError) { return try value() } catch {
            throw .malformed(requests.endpoint("\(product.path)/\(function)"), "\(error)")
        }
    }
}

/// Fetches the pages of one download.
private struct BinanceCandlePager: CandlePager {
    var cursor: CandleCursor
    let symbol: String
    let interval: String
    let venue: BinanceMarketData

    mutating func next() async throws(VenueError) -> CandlePage? {
        guard let query = cursor.binanceQuery(symbol: symbol, interval: interval) else { return nil }
        let (rows, response) = try await venue.get([BinanceKline].self, "klines", query)
        let endpoint = venue.requests.endpoint("\(venue.product.path)/klines")
        return try cursor.accept(rows.map(\.candle), date: response.date, endpoint)
    }
}
