import Schema
import Testing

@testable import Pipeline

@Suite("Fleet")
struct FleetTests {
    private let fleet = Fleet([Topology.featureBuilder: 2, Topology.inferenceServer: 1])

    @Test("A divided service has a node for each shard, and its consumers take from all of them")
    func nodes() {
        #expect(fleet.nodes(of: Topology.featureBuilder) == ["feature-builder.1of2", "feature-builder.2of2"])
        #expect(fleet.nodes(of: Topology.inferenceServer) == ["inference-server"])
        #expect(fleet.inputs(of: Topology.inferenceServer) == [Topology.Input(Topology.featureBuilder, shards: 2)])
        #expect(fleet.consumers(of: Topology.ingestor).contains("feature-builder.2of2"))
        #expect(fleet.stageNodes.count == Topology.stages.count + 1)
    }

    @Test("Dividing nothing is being undivided")
    func undivided() {
        #expect(Fleet([Topology.featureBuilder: 1]) == .undivided)
        #expect(Fleet.undivided.inputs(of: Topology.riskGate) == Topology.inputs(of: Topology.riskGate))
    }
}

@Suite("Merging shards")
struct ShardMergeTests {
    private static let control = Message.control(Control(id: "c", change: .tradingStateChanged(.active, reason: "")))

    private func metric(_ name: String) -> Message {
        .metric(Metric(name: name, label: "", time: UnixNanos(0), value: 1))
    }

    private func batch(_ events: [(position: UInt64, trace: UInt64, message: Message)]) -> LogBatch {
        var sequencer = Sequencer()
        return sequencer.number(
            events.map { Event(position: FeedPosition($0.position), trace: FeedPosition($0.trace), $0.message) },
            closing: Watermark(position: FeedPosition(9), previous: .start, time: UnixNanos(0)))
    }

    @Test("Events come in the order of their position and cause; equal ones in that of the shard that sent them")
    func order() {
        let merged = ShardMerge.entries([
            batch([(9, 1, metric("a")), (9, 4, metric("d")), (9, 4, metric("e"))]),
            batch([(9, 2, metric("b")), (9, 3, metric("c"))]),
        ])
        #expect(merged.map(\.event.message) == ["a", "b", "c", "d", "e"].map(metric))
    }

    @Test("A control reaches every shard and counts once, with what the first shard made of it")
    func controls() {
        let merged = ShardMerge.entries([
            batch([(1, 1, Self.control), (1, 1, metric("refused")), (9, 2, metric("a"))]),
            batch([(1, 1, Self.control), (1, 1, metric("refused")), (9, 3, metric("b"))]),
        ])
        #expect(merged.map(\.event.message) == [Self.control, metric("refused"), metric("a"), metric("b")])
    }
}
