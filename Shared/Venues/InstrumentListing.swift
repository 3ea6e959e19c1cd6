public import Schema
public import Trading

/// An instrument as a venue lists it.
public struct InstrumentListing: Sendable, Hashable {
    public let instrument: Instrument
    /// The venue's spelling in its websocket messages, for example `BTCUSDT`, `BTC-USD`, `BTC/USD` or `btcusd`.
    public let symbol: String
    public let status: VenueStatus
    public let rules: InstrumentRules
    /// Digits after the point with which the venue writes prices; `nil` where it does not say.
    public let pricePlaces: Int?
    /// Digits after the point with which the venue writes quantities; `nil` where it does not say.
    public let quantityPlaces: Int?

    public init(
        instrument: Instrument, symbol: String, status: VenueStatus, rules: InstrumentRules, pricePlaces: Int? = nil,
        quantityPlaces: Int? = nil
    ) {
        self.instrument = instrument
        self.symbol = symbol
        self.status = status
        self.rules = rules
        self.pricePlaces = pricePlaces
        self.quantityPlaces = quantityPlaces
    }
}

/// Everything that a venue lists.
public struct VenueListings: Sendable, Hashable {
    /// In the venue's order.
    public let instruments: [InstrumentListing]
    /// Symbols that are listed and that we cannot name or trade, and why: dated contracts, names outside A–Z and 0–9.
    public let omitted: [String: String]

    public init(instruments: [InstrumentListing], omitted: [String: String] = [:]) {
        (self.instruments, self.omitted) = (instruments, omitted)
    }

    /// The listings of some instruments, in the venue's order.
    func of(_ wanted: [Instrument]) -> [InstrumentListing] {
        let wanted = Set(wanted)
        return instruments.filter { wanted.contains($0.instrument) }
    }
}
