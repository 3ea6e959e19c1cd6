public enum Side: String, Codable, Sendable, CaseIterable { case buy, sell }

public enum OrderKind: String, Codable, Sendable, CaseIterable {
    case market, limit, stop, stopLimit, takeProfit, trailingStop
}

public enum TimeInForce: String, Codable, Sendable, CaseIterable {
    case goodTilCancelled, immediateOrCancel, fillOrKill
}

/// An order as the risk gate lets it out: an intent, before any venue has seen it.
public struct Order: Codable, Sendable, Hashable {
    /// Derived from the decision, so that sending again is recognised by the venue and by us.
    public let clientID: String
    public let decisionID: String
    public let instrument: Instrument
    public let side: Side
    public let kind: OrderKind
    /// In base currency, above zero.
    public let quantity: Decimal12
    /// In quote currency, for the kinds that have one.
    public let limitPrice: Decimal12?
    /// In quote currency, for the kinds that have one.
    public let stopPrice: Decimal12?
    public let timeInForce: TimeInForce
    public let reduceOnly: Bool
    public let postOnly: Bool
    /// The watermark at which it was decided.
    public let time: UnixNanos

    /// Creates an order, or throws ``SchemaError`` when its quantity is not above zero.
    public init(
        clientID: String, decisionID: String, instrument: Instrument, side: Side, kind: OrderKind = .market,
        quantity: Decimal12, limitPrice: Decimal12? = nil, stopPrice: Decimal12? = nil,
        timeInForce: TimeInForce = .goodTilCancelled, reduceOnly: Bool = false, postOnly: Bool = false, time: UnixNanos
    ) throws(SchemaError) {
        guard quantity > .zero else { throw .number(field: "quantity", value: quantity.doubleValue) }
        self.clientID = clientID
        self.decisionID = decisionID
        self.instrument = instrument
        self.side = side
        self.kind = kind
        self.quantity = quantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.timeInForce = timeInForce
        self.reduceOnly = reduceOnly
        self.postOnly = postOnly
        self.time = time
    }
}

/// A step in the life of an order.
public struct OrderEvent: Codable, Sendable, Hashable {
    public enum State: String, Codable, Sendable, CaseIterable {
        case accepted, rejected, partiallyFilled, filled, cancelled, expired
    }

    public let clientID: String
    public let instrument: Instrument
    /// Counts the order's events from 1; with ``clientID`` it identifies the event.
    public let number: Int
    public let state: State
    /// Filled so far, in base currency.
    public let filledQuantity: Decimal12
    public let reason: String
    public let time: UnixNanos

    public init(
        clientID: String, instrument: Instrument, number: Int, state: State, filledQuantity: Decimal12,
        reason: String = "",
        time: UnixNanos
    ) {
        self.clientID = clientID
        self.instrument = instrument
        self.number = number
        self.state = state
        self.filledQuantity = filledQuantity
        self.reason = reason
        self.time = time
    }
}

/// A trade of ours.
public struct Fill: Codable, Sendable, Hashable {
    /// The venue's identity of the trade; for the paper venue `clientID/number`.
    public let id: String
    public let clientID: String
    public let instrument: Instrument
    public let side: Side
    /// In base currency, above zero.
    public let quantity: Decimal12
    /// In quote currency for one unit of base.
    public let price: Decimal12
    /// In quote currency; negative is a rebate.
    public let fee: Decimal12
    public let time: UnixNanos

    public init(
        id: String, clientID: String, instrument: Instrument, side: Side, quantity: Decimal12, price: Decimal12,
        fee: Decimal12, time: UnixNanos
    ) {
        self.id = id
        self.clientID = clientID
        self.instrument = instrument
        self.side = side
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.time = time
    }
}
