internal import Pipeline
internal import Schema

/// A stage whose every output depends on every input that came before, in order.
///
/// One message lost, doubled or moved changes everything after it, so equal outputs mean equal inputs. One that works by
/// instrument keeps them apart, and so can be divided.
struct MixStage: Stage {
    struct State: Codable, Sendable {
        var hash: UInt64
        var events = 0
        /// Of a stage that works by instrument.
        var hashes: [Instrument: UInt64] = [:]
    }

    var state: State
    /// How talkative the stage is: it emits a message for about one input in `every`.
    private let every: UInt64
    private let byInstrument: Bool
    /// As the planted fault has it.
    private let speaksBackwards: Bool
    /// What a stage that works by instrument says at the watermark, with what caused it.
    private var due: [(trace: FeedPosition, message: Message)] = []

    init(seed: UInt64, every: UInt64, byInstrument: Bool, speaksBackwards: Bool) {
        state = State(hash: seed)
        self.every = every
        self.byInstrument = byInstrument
        self.speaksBackwards = speaksBackwards
    }

    mutating func restore(_ state: State) { self.state = state }

    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        guard !byInstrument else { return processByInstrument(event) }
        mix(UInt64(input))
        mix(event.position.rawValue)
        mix(event.trace.rawValue)
        mix(digest(of: event.message))
        state.events += 1
        guard state.hash % every == 0 else { return }
        outbox.emit(message())
    }

    private mutating func processByInstrument(_ event: borrowing LentEvent) {
        guard case .candle(let candle) = event.message else {
            // A control, which reaches every shard.
            return mix(digest(of: event.message))
        }
        let common = state.hash
        state.hash = state.hashes[candle.instrument] ?? common
        for value in [common, event.position.rawValue, event.trace.rawValue, digest(of: event.message)] { mix(value) }
        let hash = state.hash
        state.hashes[candle.instrument] = hash
        state.hash = common
        guard hash % every == 0, let answer = try? candle.answer(hash) else { return }
        due.append((event.trace, .candle(answer)))
    }

    mutating func close(_ watermark: Watermark, into outbox: inout Outbox) {
        guard !byInstrument else {
            if speaksBackwards { due.reverse() }
            for (trace, message) in due { outbox.emit(message, trace: trace) }
            due = []
            return
        }
        mix(watermark.position.rawValue)
        if state.hash % 3 == 0 { outbox.emit(message()) }
    }

    private mutating func mix(_ value: UInt64) {
        var random = SplitMix64(seed: state.hash ^ value &* 0x9E37_79B9_7F4A_7C15)
        state.hash = random.next()
    }

    private func message() -> Message {
        let label = ["a", "b", "c"][Int(state.hash >> 8 & 0xFF) % 3]
        if state.hash & 64 == 0 {
            return .metric(Metric(name: "mix", label: label, time: UnixNanos(0), value: Double(state.hash >> 12)))
        }
        return .anomaly(
            Anomaly(
                kind: .gap, instrument: label, timeframe: .hour1, time: UnixNanos(Int64(state.events)),
                detail: String(state.hash, radix: 16)))
    }

    private func digest(of message: Message) -> UInt64 {
        switch message {
        case .candle(let candle):
            UInt64(bitPattern: candle.openTime.rawValue) ^ candle.close.bitPattern &* 31
                ^ (candle.instrument.name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        case .metric(let metric): metric.value.bitPattern
        case .anomaly(let anomaly): UInt64(anomaly.detail, radix: 16) ?? 1
        case .control(let control): control.id.utf8.reduce(11) { $0 &* 31 &+ UInt64($1) }
        default: 5
        }
    }
}

extension MixStage: DivisibleStage {
    static func whole(of shards: [State]) -> State {
        var whole = shards[0]
        for shard in shards.dropFirst() { whole.hashes.merge(shard.hashes) { first, _ in first } }
        return whole
    }

    static func part(_ shard: Shard, of state: State) -> State {
        var part = state
        part.hashes = state.hashes.filter { shard.owns($0.key) }
        return part
    }
}

extension Candle {
    /// A candle like this one that tells a hash.
    fileprivate func answer(_ hash: UInt64) throws(SchemaError) -> Candle {
        let price = Double(hash >> 12)
        return try Candle(
            instrument: instrument, timeframe: timeframe, openTime: openTime, open: price, high: price, low: price,
            close: price, volume: 1, source: .synthetic)
    }
}
