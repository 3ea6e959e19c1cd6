/// One price of an order book and the amount that waits at it.
public struct BookLevel: Codable, Sendable, Hashable {
    /// In quote currency, as published; above zero.
    public let price: Double
    /// In base currency; never below zero, and zero where the price has left the book.
    public let quantity: Double

    /// Creates a level, or throws ``SchemaError/number(field:value:)``.
    public init(price: Double, quantity: Double) throws(SchemaError) {
        guard price > 0, price.isFinite else { throw .number(field: "price", value: price) }
        guard quantity >= 0, quantity.isFinite else { throw .number(field: "quantity", value: quantity) }
        self.price = price
        self.quantity = quantity
    }
}

/// The best levels of an order book at a moment.
public struct Book: Codable, Sendable, Hashable {
    /// Levels of each side that the feed carries.
    public static let depth = 10

    public let instrument: Instrument
    /// At most ``depth``, the highest price first.
    public let bids: [BookLevel]
    /// At most ``depth``, the lowest price first.
    public let asks: [BookLevel]
    /// When it was so, by the venue's clock; our own receive time where the venue does not say.
    public let eventTime: UnixNanos
    /// When we read it off the socket, by our clock; never an input of a model.
    public let receiveTime: UnixNanos

    public init(
        instrument: Instrument, bids: [BookLevel], asks: [BookLevel], eventTime: UnixNanos, receiveTime: UnixNanos
    ) {
        self.instrument = instrument
        self.bids = bids
        self.asks = asks
        self.eventTime = eventTime
        self.receiveTime = receiveTime
    }
}
