public import Schema

/// Kraken's spot market streams: asked for in version 2, and read in version 1 too.
public struct KrakenFeed: VenueFeed {
    /// Levels a side that are asked for, which are as many as the feed carries.
    static let depth = Book.depth

    let symbols: SymbolTable
    /// The spellings of version 1.
    let oldSymbols: SymbolTable
    private let places: [Instrument: (price: Int, quantity: Int)]

    /// Creates a feed for some instruments; their listings tell the digits with which checksums are computed.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue.
    public init(listings: [InstrumentListing]) throws(VenueError) {
        let instruments = listings.map(\.instrument)
        symbols = try SymbolTable(venue: Kraken.venue, instruments, symbol: Kraken.symbol)
        oldSymbols = try SymbolTable(venue: Kraken.venue, instruments, symbol: Kraken.oldSymbol)
        var places: [Instrument: (price: Int, quantity: Int)] = [:]
        for listing in listings {
            guard let price = listing.pricePlaces, let quantity = listing.quantityPlaces else { continue }
            places[listing.instrument] = (price, quantity)
        }
        self.places = places
    }

    public var venue: String { Kraken.venue }

    /// A heartbeat comes every second in which nothing else does; an address may connect 150 times in ten minutes.
    public var connectionRules: ConnectionRules {
        ConnectionRules(
            maximumSilence: .seconds(10), attempts: .init(150, per: .seconds(600)), frames: .init(5, per: .seconds(1)))
    }

    public var depthRules: DepthRules {
        DepthRules(snapshot: .streamed, continuity: .checksum, levels: Self.depth)
    }

    public func connections(
        _ channels: Set<VenueChannel>, _ instruments: [Instrument]
    ) throws(VenueError) -> [VenueConnection] {
        let names = try symbols.symbols(instruments)
        guard !names.isEmpty, !channels.isEmpty else { return [] }
        var parameters: [String] = []
        for channel in channels { parameters.append(try self.parameters(channel, isSubscription: true)) }
        let frames = parameters.sorted().enumerated().map { index, parameters in
            frame("subscribe", parameters, names, request: index + 1)
        }
        return [
            VenueConnection(
                url: "wss://ws.kraken.com/v2", subscriptions: frames, replies: frames.count * names.count)
        ]
    }

    public func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] {
        let symbol = try symbols.symbol(instrument)
        return [
            frame(
                "unsubscribe", try parameters(channel, isSubscription: false), [symbol], request: Self.renewal),
            frame("subscribe", try parameters(channel, isSubscription: true), [symbol], request: Self.renewal + 1),
        ]
    }

    /// The number of the first request of a renewal: above those of any connection.
    private static let renewal = 1000

    /// The checksum that a message states for an instrument's book; `nil` for an instrument whose digits are not known.
    func checksum(_ value: UInt32, _ instrument: Instrument) -> DepthChecksum? {
        places[instrument].map {
            DepthChecksum(value: value, pricePlaces: $0.price, quantityPlaces: $0.quantity)
        }
    }

    /// A request's parameters but for the symbols.
    private func parameters(_ channel: VenueChannel, isSubscription: Bool) throws(VenueError) -> String {
        // Snapshots and triggers are wishes of subscribing only.
        switch channel {
        // The snapshot holds the last 50 trades, which fill a short hole.
        case .trades: return #""channel":"trade""# + (isSubscription ? #","snapshot":true"# : "")
        case .quotes: return #""channel":"ticker","event_trigger":"bbo""#
        case .depth: return #""channel":"book","depth":\#(Self.depth)"#
        case .candles(let timeframe): return #""channel":"ohlc","interval":\#(timeframe.minutes)"#
        case .fundingRates, .openInterest, .liquidations:
            throw .unsupported(venue: venue, "there is no stream of \(channel)")
        }
    }

    private func frame(_ method: String, _ parameters: String, _ symbols: [String], request: Int) -> String {
        let names = symbols.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"method":"\#(method)","params":{\#(parameters),"symbol":[\#(names)]},"req_id":\#(request)}"#
    }
}
