import Pipeline
import Schema
import Testing

@testable import ServiceKit

@Suite("Snapshot coding")
struct SnapshotCodingTests {
    private struct State: Codable, Sendable, Equatable {
        var values: [Double]
        var names: [String: UInt64]
        var missing: Double?
    }

    @Test("Every bit of a Double comes back, NaN, infinities and the smallest number included")
    func isBitExact() throws {
        let values: [Double] = [
            0.1, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3,
        ]
        var sequencer = Sequencer()
        let watermark = Watermark(position: FeedPosition(4), previous: FeedPosition(2), time: UnixNanos(7))
        let event = Event(
            position: FeedPosition(3), .metric(Metric(name: "m", label: "l", time: UnixNanos(1), value: 0.1 + 0.2)))
        let batch = sequencer.number([event], closing: watermark)
        let snapshot = Pipeline.Snapshot(
            last: batch, sequencer: sequencer, state: State(values: values, names: ["a": .max], missing: nil))
        let back = try SnapshotCoding.decode(SnapshotCoding.encode(snapshot), as: State.self)
        #expect(back.state.values.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(back.state.names == ["a": .max])
        #expect(back.state.missing == nil)
        #expect(back.last == batch)
        #expect(back.sequencer == sequencer)
        #expect(back.base == FeedPosition(2))
    }

    @Test("Bytes that are no snapshot are refused")
    func refusesJunk() {
        #expect(throws: (any Error).self) { try SnapshotCoding.decode([1, 2, 3], as: State.self) }
    }
}
