internal import Pipeline
internal import Schema

/// A stage whose every output depends on every input that came before, in order.
///
/// One message lost, doubled or moved changes everything after it, so equal outputs mean equal inputs.
struct MixStage: Stage {
    struct State: Codable, Sendable {
        var hash: UInt64
        var events = 0
    }

    var state: State
    /// How talkative the stage is: it emits a message for about one input in `every`.
    private let every: UInt64

    init(seed: UInt64, every: UInt64) {
        state = State(hash: seed)
        self.every = every
    }

    mutating func restore(_ state: State) { self.state = state }

    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        mix(UInt64(input))
        mix(event.position.rawValue)
        mix(event.trace.rawValue)
        mix(digest(of: event.message))
        state.events += 1
        guard state.hash % every == 0 else { return }
        outbox.emit(message())
    }

    mutating func close(_ watermark: Watermark, into outbox: inout Outbox) {
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
