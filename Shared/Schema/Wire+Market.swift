extension Trade {
    init(wire: Tidegate_V1_Trade) throws(SchemaError) {
        try self.init(
            instrument: Instrument(parsing: wire.instrument), id: wire.id, price: wire.price, quantity: wire.quantity,
            aggressor: Aggressor(wire: wire.aggressor), eventTime: UnixNanos(wire.eventTimeNs),
            receiveTime: UnixNanos(wire.receiveTimeNs))
    }

    var wire: Tidegate_V1_Trade {
        var wire = Tidegate_V1_Trade()
        wire.instrument = instrument.name
        wire.id = id
        wire.price = price
        wire.quantity = quantity
        wire.aggressor = aggressor.wire
        wire.eventTimeNs = eventTime.rawValue
        wire.receiveTimeNs = receiveTime.rawValue
        return wire
    }
}

extension BookLevel {
    init(wire: Tidegate_V1_BookLevel) throws(SchemaError) {
        try self.init(price: wire.price, quantity: wire.quantity)
    }

    var wire: Tidegate_V1_BookLevel {
        var wire = Tidegate_V1_BookLevel()
        wire.price = price
        wire.quantity = quantity
        return wire
    }

    static func levels(wire: [Tidegate_V1_BookLevel]) throws(SchemaError) -> [Self] {
        guard wire.count <= Book.depth else { throw .payload(kind: "book", reason: "\(wire.count) levels") }
        var levels: [Self] = []
        for level in wire { levels.append(try Self(wire: level)) }
        return levels
    }
}

extension Quote {
    init(wire: Tidegate_V1_Quote) throws(SchemaError) {
        self.init(
            instrument: try Instrument(parsing: wire.instrument), bid: try BookLevel(wire: wire.bid),
            ask: try BookLevel(wire: wire.ask), eventTime: UnixNanos(wire.eventTimeNs),
            receiveTime: UnixNanos(wire.receiveTimeNs))
    }

    var wire: Tidegate_V1_Quote {
        var wire = Tidegate_V1_Quote()
        wire.instrument = instrument.name
        wire.bid = bid.wire
        wire.ask = ask.wire
        wire.eventTimeNs = eventTime.rawValue
        wire.receiveTimeNs = receiveTime.rawValue
        return wire
    }
}

extension Book {
    init(wire: Tidegate_V1_Book) throws(SchemaError) {
        self.init(
            instrument: try Instrument(parsing: wire.instrument), bids: try BookLevel.levels(wire: wire.bids),
            asks: try BookLevel.levels(wire: wire.asks), eventTime: UnixNanos(wire.eventTimeNs),
            receiveTime: UnixNanos(wire.receiveTimeNs))
    }

    var wire: Tidegate_V1_Book {
        var wire = Tidegate_V1_Book()
        wire.instrument = instrument.name
        wire.bids = bids.map(\.wire)
        wire.asks = asks.map(\.wire)
        wire.eventTimeNs = eventTime.rawValue
        wire.receiveTimeNs = receiveTime.rawValue
        return wire
    }
}

extension SideValue {
    init(wire: Tidegate_V1_SideValue) throws(SchemaError) {
        try self.init(
            series: Series(wire: wire.series), instrument: Instrument(parsing: wire.instrument), value: wire.value,
            time: UnixNanos(wire.timeNs), knownAt: UnixNanos(wire.knownAtNs))
    }

    var wire: Tidegate_V1_SideValue {
        var wire = Tidegate_V1_SideValue()
        wire.series = series.wire
        wire.instrument = instrument.name
        wire.value = value
        wire.timeNs = time.rawValue
        wire.knownAtNs = knownAt.rawValue
        return wire
    }
}

extension Headline {
    init(wire: Tidegate_V1_Headline) throws(SchemaError) {
        try self.init(
            source: wire.source, text: wire.text, time: UnixNanos(wire.timeNs), knownAt: UnixNanos(wire.knownAtNs))
    }

    var wire: Tidegate_V1_Headline {
        var wire = Tidegate_V1_Headline()
        wire.source = source
        wire.text = text
        wire.timeNs = time.rawValue
        wire.knownAtNs = knownAt.rawValue
        return wire
    }
}
