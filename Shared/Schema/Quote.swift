/// The best bid and ask of an instrument.
public struct Quote: Codable, Sendable, Hashable {
    public let instrument: Instrument
    /// The highest price that somebody pays, and the amount wanted at it, in base currency.
    public let bid: BookLevel
    /// The lowest price at which somebody sells, and the amount offered at it, in base currency.
    public let ask: BookLevel
    /// When it was so, by the venue's clock; our own receive time where the venue does not say.
    public let eventTime: UnixNanos
    /// When we read it off the socket, by our clock; never an input of a model.
    public let receiveTime: UnixNanos

    /// Creates a quote; a crossed one (bid at or above ask) is kept, since venues publish them for moments.
    public init(
        instrument: Instrument, bid: BookLevel, ask: BookLevel, eventTime: UnixNanos, receiveTime: UnixNanos
    ) {
        self.instrument = instrument
        self.bid = bid
        self.ask = ask
        self.eventTime = eventTime
        self.receiveTime = receiveTime
    }
}
