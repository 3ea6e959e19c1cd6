/// One trade as a venue reported it.
public struct Trade: Codable, Sendable, Hashable {
    /// The side that crossed the spread.
    public enum Aggressor: String, Codable, Sendable, CaseIterable { case buyer, seller, unknown }

    public let instrument: Instrument
    /// The venue's own name of the trade; with ``instrument`` it identifies the trade for ever.
    public let id: String
    /// In quote currency, as published.
    public let price: Double
    /// In base currency; always above zero.
    public let quantity: Double
    public let aggressor: Aggressor
    /// When it happened, by the venue's clock.
    public let eventTime: UnixNanos
    /// When we read it off the socket, by our clock; never an input of a model.
    public let receiveTime: UnixNanos

    /// Creates a trade, or throws ``SchemaError/number(field:value:)`` for a price or quantity that is none.
    public init(
        instrument: Instrument, id: String, price: Double, quantity: Double, aggressor: Aggressor,
        eventTime: UnixNanos, receiveTime: UnixNanos
    ) throws(SchemaError) {
        guard price > 0, price.isFinite else { throw .number(field: "price", value: price) }
        guard quantity > 0, quantity.isFinite else { throw .number(field: "quantity", value: quantity) }
        self.instrument = instrument
        self.id = id
        self.price = price
        self.quantity = quantity
        self.aggressor = aggressor
        self.eventTime = eventTime
        self.receiveTime = receiveTime
    }
}
