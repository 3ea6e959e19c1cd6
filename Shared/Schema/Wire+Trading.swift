extension Order {
    init(wire: Tidegate_V1_Order) throws(SchemaError) {
        try self.init(
            clientID: wire.clientID, decisionID: wire.decisionID, instrument: Instrument(parsing: wire.instrument),
            side: Side(wire: wire.side), kind: OrderKind(wire: wire.kind), quantity: Decimal12(parsing: wire.quantity),
            limitPrice: wire.hasLimitPrice ? Decimal12(parsing: wire.limitPrice) : nil,
            stopPrice: wire.hasStopPrice ? Decimal12(parsing: wire.stopPrice) : nil,
            timeInForce: TimeInForce(wire: wire.timeInForce), reduceOnly: wire.reduceOnly, postOnly: wire.postOnly,
            time: UnixNanos(wire.timeNs))
    }

    var wire: Tidegate_V1_Order {
        var wire = Tidegate_V1_Order()
        wire.clientID = clientID
        wire.decisionID = decisionID
        wire.instrument = instrument.name
        wire.side = side.wire
        wire.kind = kind.wire
        wire.quantity = quantity.description
        if let limitPrice { wire.limitPrice = limitPrice.description }
        if let stopPrice { wire.stopPrice = stopPrice.description }
        wire.timeInForce = timeInForce.wire
        wire.reduceOnly = reduceOnly
        wire.postOnly = postOnly
        wire.timeNs = time.rawValue
        return wire
    }
}

extension OrderEvent {
    init(wire: Tidegate_V1_OrderEvent) throws(SchemaError) {
        self.init(
            clientID: wire.clientID, instrument: try Instrument(parsing: wire.instrument), number: Int(wire.number),
            state: try State(wire: wire.state), filledQuantity: try Decimal12(parsing: wire.filledQuantity),
            reason: wire.reason, time: UnixNanos(wire.timeNs))
    }

    var wire: Tidegate_V1_OrderEvent {
        var wire = Tidegate_V1_OrderEvent()
        wire.clientID = clientID
        wire.instrument = instrument.name
        wire.number = UInt32(clamping: number)
        wire.state = state.wire
        wire.filledQuantity = filledQuantity.description
        wire.reason = reason
        wire.timeNs = time.rawValue
        return wire
    }
}

extension Fill {
    init(wire: Tidegate_V1_Fill) throws(SchemaError) {
        self.init(
            id: wire.id, clientID: wire.clientID, instrument: try Instrument(parsing: wire.instrument),
            side: try Side(wire: wire.side), quantity: try Decimal12(parsing: wire.quantity),
            price: try Decimal12(parsing: wire.price), fee: try Decimal12(parsing: wire.fee),
            time: UnixNanos(wire.timeNs))
    }

    var wire: Tidegate_V1_Fill {
        var wire = Tidegate_V1_Fill()
        wire.id = id
        wire.clientID = clientID
        wire.instrument = instrument.name
        wire.side = side.wire
        wire.quantity = quantity.description
        wire.price = price.description
        wire.fee = fee.description
        wire.timeNs = time.rawValue
        return wire
    }
}

extension Account {
    init(wire: Tidegate_V1_Account) throws(SchemaError) {
        var positions: [Position] = []
        for position in wire.positions {
            positions.append(
                Position(
                    instrument: try Instrument(parsing: position.instrument),
                    quantity: try Decimal12(parsing: position.quantity),
                    averagePrice: try Decimal12(parsing: position.averagePrice),
                    markPrice: try Decimal12(parsing: position.markPrice),
                    realised: try Decimal12(parsing: position.realised), fees: try Decimal12(parsing: position.fees)))
        }
        self.init(
            time: UnixNanos(wire.timeNs), cash: try Decimal12(parsing: wire.cash),
            equity: try Decimal12(parsing: wire.equity), positions: positions)
    }

    var wire: Tidegate_V1_Account {
        var wire = Tidegate_V1_Account()
        wire.timeNs = time.rawValue
        wire.cash = cash.description
        wire.equity = equity.description
        wire.positions = positions.map { position in
            var wire = Tidegate_V1_Account.Position()
            wire.instrument = position.instrument.name
            wire.quantity = position.quantity.description
            wire.averagePrice = position.averagePrice.description
            wire.markPrice = position.markPrice.description
            wire.realised = position.realised.description
            wire.fees = position.fees.description
            return wire
        }
        return wire
    }
}
