import Schema
import Testing

@testable import Pipeline

/// Sends nothing.
private struct SilentStage: Stage {
    struct State: Codable, Sendable {}
    var state = State()
    mutating func restore(_ state: State) {}
    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {}
}

@Suite("Going back")
struct GoingBackTests {
    private typealias Effects = [Node<SilentStage>.Effect]

    private static func batch(_ position: UInt64) -> LogBatch {
        LogBatch(
            entries: [],
            watermark: Watermark(
                position: FeedPosition(position), previous: FeedPosition(position - 1), time: UnixNanos(0)),
            number: position)
    }

    /// A node with a ring of two batches that has taken ten.
    ///
    /// - Returns: It, and its snapshots, one for each batch, by their base.
    private func node() throws -> (Node<SilentStage>, [FeedPosition: Snapshot<SilentStage.State>]) {
        var node = try Node(
            "node", stage: SilentStage(), inputs: [Topology.Input("feed")], consumers: ["consumer"],
            settings: NodeSettings(snapshotEvery: 1, ringCapacity: 2, keepsPace: false))
        var effects: Effects = []
        for position: UInt64 in 1...10 {
            node.receive(Self.batch(position).watermark, number: position, from: 0)
            try node.advance(into: &effects)
            if position < 10 { node.stored(upTo: FeedPosition(position), into: &effects) }
        }
        var snapshots: [FeedPosition: Snapshot<SilentStage.State>] = [:]
        for case .save(let snapshot, _) in effects { snapshots[snapshot.base] = snapshot }
        return (node, snapshots)
    }

    private func asked(_ positions: [UInt64], _ node: inout Node<SilentStage>) -> [UInt64] {
        var effects: Effects = []
        for position in positions {
            node.receive(.batches(consumer: "consumer", after: FeedPosition(position), limit: 5), into: &effects)
        }
        return effects.compactMap { if case .load(let position) = $0 { position.rawValue } else { nil } }
    }

    @Test("Each place further back than the one before is looked for, once")
    func looksFor() throws {
        var (node, _) = try node()
        #expect(asked([5, 6, 5, 3, 3], &node) == [5, 3])
    }

    @Test("Asked further back before the first answer, it takes that answer, and waits for the other")
    func twice() throws {
        var (node, snapshots) = try node()
        var effects: Effects = []
        _ = asked([5, 3], &node)
        try node.rewound(to: snapshots[FeedPosition(5)], for: FeedPosition(5), fresh: SilentStage(), into: &effects)
        #expect(node.progress == FeedPosition(6))
        node.receive(Self.batch(7).watermark, number: 7, from: 0)
        try node.advance(into: &effects)
        #expect(node.progress == FeedPosition(6), "behind this its snapshots may be gone")
        node.stay(for: FeedPosition(3))
        try node.advance(into: &effects)
        #expect(node.progress == FeedPosition(7) && node.rewinds == 1)
    }

    @Test("Until it has been told where to go on, it saves no snapshot, which would leave a gap before it")
    func savesNothing() throws {
        var (node, _) = try node()
        var effects: Effects = []
        _ = asked([5], &node)
        node.stored(upTo: FeedPosition(10), into: &effects)
        #expect(effects.isEmpty)
        node.stay(for: FeedPosition(5))
        node.stored(upTo: FeedPosition(10), into: &effects)
        #expect(effects.count == 1)
    }
}
