public import HTTP
public import Schema

/// A venue whose public market data we read, by its name in ``Schema/Instrument/venue``.
public enum Venue: String, Sendable, Hashable, CaseIterable {
    case binance
    /// Binance's perpetual contracts that are paid in stable coins.
    case binanceusdm
    case coinbase
    case gemini
    case kraken

    /// The venue of an instrument; `nil` for one that we do not know.
    public init?(of instrument: Instrument) { self.init(rawValue: instrument.venue) }

    /// The address of the public REST interface.
    public var address: String {
        switch self {
        case .binance: BinanceProduct.spot.address
        case .binanceusdm: BinanceProduct.usdMargined.address
        case .coinbase: Coinbase.address
        case .gemini: Gemini.address
        case .kraken: Kraken.address
        }
    }

    /// Access to the venue's public market data by REST, within its limits; share one among all that talk to it.
    ///
    /// - Parameters:
    ///   - transport: sends the requests.
    ///   - address: scheme, host and port, without a path; the venue's own if `nil`.
    ///   - timeouts: how long one attempt may take.
    ///   - clock: measures and waits.
    ///   - random: draws the jitter between attempts.
    /// - Returns: The venue's REST client.
    public func marketData<C: Clock>(
        transport: some HTTPTransport, address: String? = nil,
        timeouts: HTTPRequest.Timeouts = HTTPRequest.Timeouts(), clock: C,
        random: some RandomNumberGenerator & Sendable
    ) -> any VenueMarketData where C.Duration == Duration {
        let address = address ?? self.address
        func binance(_ product: BinanceProduct) -> BinanceMarketData {
            let client = Binance.client(transport: transport, product: product, clock: clock, random: random)
            return BinanceMarketData(product: product, client: client, address: address, timeouts: timeouts)
        }
        switch self {
        case .binance: return binance(.spot)
        case .binanceusdm: return binance(.usdMargined)
        case .coinbase:
            let client = Coinbase.client(transport: transport, clock: clock, random: random)
            return CoinbaseMarketData(client: client, address: address, timeouts: timeouts)
        case .gemini:
            let client = Gemini.client(transport: transport, clock: clock, random: random)
            return GeminiMarketData(client: client, address: address, timeouts: timeouts)
        case .kraken:
            let client = Kraken.client(transport: transport, clock: clock, random: random)
            return KrakenMarketData(client: client, address: address, timeouts: timeouts)
        }
    }

    /// The venue's streams of some instruments; a venue whose books have checksums is asked with how many digits it writes.
    ///
    /// - Throws: ``VenueError``, also for an instrument of another venue.
    public func feed(
        of instruments: [Instrument], marketData: any VenueMarketData
    ) async throws(VenueError) -> any VenueFeed {
        switch self {
        case .binance: try BinanceFeed(product: .spot, instruments: instruments)
        case .binanceusdm: try BinanceFeed(product: .usdMargined, instruments: instruments)
        case .coinbase: try CoinbaseFeed(instruments: instruments)
        case .gemini: try GeminiFeed(instruments: instruments)
        case .kraken: try KrakenFeed(listings: try await marketData.listings(of: instruments))
        }
    }
}
