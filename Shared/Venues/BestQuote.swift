internal import Schema

/// The event of a best bid and ask; `nil` where a side is empty.
///
/// Venues write a side on which nobody waits as the price zero, and then there is no best bid and ask.
func bestQuote(
    _ instrument: Instrument, bid: (price: Double, quantity: Double), ask: (price: Double, quantity: Double),
    sequence: UInt64? = nil, eventTime: UnixNanos, receivedAt: UnixNanos
) throws(VenueMessageError) -> VenueEvent? {
    guard bid.price != 0, ask.price != 0 else { return nil }
    return try valid { () throws(SchemaError) in
        .quote(
            Quote(
                instrument: instrument, bid: try BookLevel(price: bid.price, quantity: bid.quantity),
                ask: try BookLevel(price: ask.price, quantity: ask.quantity), eventTime: eventTime,
                receiveTime: receivedAt),
            sequence: sequence)
    }
}
