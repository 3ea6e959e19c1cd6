internal import Schema

enum OrderTable: EventTable {
    static let table = Table(
        "orders", key: ["client_id"],
        columns: [
            "client_id", "decision_id", "instrument", "side", "kind", "quantity", "limit_price", "stop_price",
            "time_in_force", "reduce_only", "post_only", "time", "position", "trace",
        ])

    static func write(_ order: Order, of event: Event, to writer: BinaryWriter) {
        writer.write(order.clientID)
        writer.write(order.decisionID)
        writer.write(order.instrument.name)
        writer.write(order.side.rawValue)
        writer.write(order.kind.rawValue)
        writer.write(order.quantity)
        writer.write(order.limitPrice)
        writer.write(order.stopPrice)
        writer.write(order.timeInForce.rawValue)
        writer.write(order.reduceOnly)
        writer.write(order.postOnly)
        writer.write(order.time)
        writer.write(event.position)
        writer.write(event.trace)
    }

    static func read(_ row: Row) throws(StoreError) -> Message {
        let (clientID, decisionID): (String, String) = (try row.value("client_id"), try row.value("decision_id"))
        let instrument = try row.instrument()
        let (side, kind): (Side, OrderKind) = (try row.name("side"), try row.name("kind"))
        let quantity: Decimal12 = try row.value("quantity")
        let limitPrice: Decimal12? = try row.optional("limit_price")
        let stopPrice: Decimal12? = try row.optional("stop_price")
        let timeInForce: TimeInForce = try row.name("time_in_force")
        let (reduceOnly, postOnly): (Bool, Bool) = (try row.value("reduce_only"), try row.value("post_only"))
        let time: UnixNanos = try row.value("time")
        do throws(SchemaError) {
            return .order(
                try Order(
                    clientID: clientID, decisionID: decisionID, instrument: instrument, side: side, kind: kind,
                    quantity: quantity, limitPrice: limitPrice, stopPrice: stopPrice, timeInForce: timeInForce,
                    reduceOnly: reduceOnly, postOnly: postOnly, time: time))
        } catch {
            throw .content(table: table.name, error)
        }
    }
}

enum OrderEventTable: EventTable {
    static let table = Table(
        "order_events", key: ["client_id", "number"],
        columns: [
            "client_id", "number", "instrument", "state", "filled_quantity", "reason", "time", "position", "trace",
        ])

    static func write(_ step: OrderEvent, of event: Event, to writer: BinaryWriter) {
        writer.write(step.clientID)
        writer.write(Int32(clamping: step.number))
        writer.write(step.instrument.name)
        writer.write(step.state.rawValue)
        writer.write(step.filledQuantity)
        writer.write(step.reason)
        writer.write(step.time)
        writer.write(event.position)
        writer.write(event.trace)
    }

    static func read(_ row: Row) throws(StoreError) -> Message {
        .orderEvent(
            OrderEvent(
                clientID: try row.value("client_id"), instrument: try row.instrument(), number: try row.value("number"),
                state: try row.name("state"), filledQuantity: try row.value("filled_quantity"),
                reason: try row.value("reason"), time: try row.value("time")))
    }
}

enum FillTable: EventTable {
    static let table = Table(
        "fills", key: ["id"],
        columns: [
            "id", "client_id", "instrument", "side", "quantity", "price", "fee", "time", "position", "trace",
        ])

    static func write(_ fill: Fill, of event: Event, to writer: BinaryWriter) {
        writer.write(fill.id)
        writer.write(fill.clientID)
        writer.write(fill.instrument.name)
        writer.write(fill.side.rawValue)
        writer.write(fill.quantity)
        writer.write(fill.price)
        writer.write(fill.fee)
        writer.write(fill.time)
        writer.write(event.position)
        writer.write(event.trace)
    }

    static func read(_ row: Row) throws(StoreError) -> Message {
        .fill(
            Fill(
                id: try row.value("id"), clientID: try row.value("client_id"), instrument: try row.instrument(),
                side: try row.name("side"), quantity: try row.value("quantity"), price: try row.value("price"),
                fee: try row.value("fee"), time: try row.value("time")))
    }
}
