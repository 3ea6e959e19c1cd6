extension Candle {
    init(wire: Tidegate_V1_Candle) throws(SchemaError) {
        try self.init(
            instrument: Instrument(parsing: wire.instrument), timeframe: Timeframe(wire: wire.timeframe),
            openTime: UnixNanos(wire.openTimeNs), open: wire.open, high: wire.high, low: wire.low, close: wire.close,
            volume: wire.volume, source: Source(wire: wire.source))
    }

    var wire: Tidegate_V1_Candle {
        var wire = Tidegate_V1_Candle()
        wire.instrument = instrument.name
        wire.timeframe = timeframe.wire
        wire.openTimeNs = openTime.rawValue
        wire.open = open
        wire.high = high
        wire.low = low
        wire.close = close
        wire.volume = volume
        wire.source = source.wire
        return wire
    }
}

extension Anomaly {
    init(wire: Tidegate_V1_Anomaly) throws(SchemaError) {
        self.init(
            kind: try Kind(wire: wire.kind), instrument: wire.instrument,
            timeframe: try Timeframe(wire: wire.timeframe),
            time: UnixNanos(wire.timeNs), count: Int(wire.count), detail: wire.detail)
    }

    var wire: Tidegate_V1_Anomaly {
        var wire = Tidegate_V1_Anomaly()
        wire.kind = kind.wire
        wire.instrument = instrument
        wire.timeframe = timeframe.wire
        wire.timeNs = time.rawValue
        wire.count = UInt32(clamping: count)
        wire.detail = detail
        return wire
    }
}

extension Control {
    init(wire: Tidegate_V1_Control) throws(SchemaError) {
        switch wire.change {
        case .modelActivated(let change):
            let share = change.hasShare ? change.share : 1
            guard (0...1).contains(share) else { throw .payload(kind: "control", reason: "a share of \(share)") }
            self.init(id: wire.id, change: .modelActivated(alias: change.alias, version: change.version, share: share))
        case .tradingStateChanged(let change):
            let state = try TradingState(wire: change.state)
            self.init(id: wire.id, change: .tradingStateChanged(state, reason: change.reason))
        case nil: throw .payload(kind: "control", reason: "no change in it")
        }
    }

    var wire: Tidegate_V1_Control {
        var wire = Tidegate_V1_Control()
        wire.id = id
        switch change {
        case .modelActivated(let alias, let version, let share):
            wire.modelActivated.alias = alias
            wire.modelActivated.version = version
            // Absent where it is the whole, as before there were shares.
            if share < 1 { wire.modelActivated.share = share }
        case .tradingStateChanged(let state, let reason):
            wire.tradingStateChanged.state = state.wire
            wire.tradingStateChanged.reason = reason
        }
        return wire
    }
}

extension Watermark {
    init(wire: Tidegate_V1_Watermark) throws(SchemaError) {
        var tails: [Tail] = []
        tails.reserveCapacity(wire.tails.count)
        for tail in wire.tails {
            tails.append(Tail(topic: try Topic(parsing: tail.topic), count: Int(tail.count), last: tail.last))
        }
        self.init(
            position: FeedPosition(wire.position), previous: FeedPosition(wire.previous),
            time: UnixNanos(wire.timeNs), tails: tails)
    }

    var wire: Tidegate_V1_Watermark {
        var wire = Tidegate_V1_Watermark()
        wire.position = position.rawValue
        wire.previous = previous.rawValue
        wire.timeNs = time.rawValue
        wire.tails = tails.map { tail in
            var wire = Tidegate_V1_Watermark.Tail()
            wire.topic = tail.topic.description
            wire.count = UInt32(clamping: tail.count)
            wire.last = tail.last
            return wire
        }
        return wire
    }
}
