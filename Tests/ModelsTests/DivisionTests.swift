import Features
import Models
import Pipeline
import Schema
import Testing

/// A node that is given one batch of each of its sources at a time.
private struct Driven<S: Stage> {
    private var node: Node<S>
    private(set) var snapshot: Snapshot<S.State>?

    init(_ node: Node<S>) { self.node = node }

    var stage: S { node.runner.stage }

    mutating func take(_ batches: [LogBatch]) throws -> LogBatch {
        for (source, batch) in batches.enumerated() {
            for entry in batch.entries { node.receive(entry, from: source) }
            node.receive(batch.watermark, number: batch.number, from: source)
        }
        var effects: [Node<S>.Effect] = []
        try node.advance(into: &effects)
        node.stored(upTo: node.progress, into: &effects)
        for case .save(let saved, _) in effects { snapshot = saved }
        for case .store(let batch) in effects { return batch }
        throw Stopped()
    }

    private struct Stopped: Error {}
}

/// The nodes of feature-builder and inference-server, divided, and a consumer that takes what all of them make.
private struct DividedServing {
    private var features: [Driven<FeatureStage>] = []
    private var inference: [Driven<InferenceStage>] = []
    private var consumer: Driven<Collector>

    private static let settings = NodeSettings(snapshotEvery: 1, keepsPace: false)

    /// Goes on from the snapshots of `other`, which may be divided otherwise.
    init(_ fleet: Fleet, _ artifacts: [ModelArtifact], after other: DividedServing? = nil) throws {
        for shard in fleet.shards(of: Topology.featureBuilder) {
            features.append(
                try Self.driven(
                    Topology.featureBuilder, shard, fleet, FeatureStage(featureSet, shard: shard),
                    after: other?.features ?? []))
        }
        for shard in fleet.shards(of: Topology.inferenceServer) {
            let stage = InferenceStage { version in
                guard let artifact = artifacts.first(where: { $0.version == version }) else {
                    throw ServingError.noVersion(version)
                }
                return artifact
            }
            inference.append(
                try Self.driven(Topology.inferenceServer, shard, fleet, stage, after: other?.inference ?? []))
        }
        consumer = Driven(
            try Node(
                "consumer", stage: Collector(), inputs: fleet.inputs(of: Topology.riskGate).suffix(1), consumers: [],
                settings: Self.settings, snapshot: other?.consumer.snapshot))
    }

    private static func driven<S: DivisibleStage>(
        _ service: String, _ shard: Shard, _ fleet: Fleet, _ stage: S, after others: [Driven<S>]
    ) throws -> Driven<S> {
        let snapshot = StageDivision<S>().snapshot(of: shard, from: others.compactMap(\.snapshot))
        return Driven(
            try Node(
                shard.node(of: service), shard: shard, stage: stage, inputs: fleet.inputs(of: service), consumers: [],
                settings: settings, snapshot: snapshot))
    }

    /// Everything that the consumer was given, in order.
    var events: [Event] { consumer.stage.state.events }

    mutating func run(_ batches: some Sequence<Batch>) throws {
        var feed = Sequencer()
        for batch in batches {
            let fed = feed.number(batch.events, closing: batch.watermark)
            let made = try features.indices.map { try features[$0].take([fed]) }
            let predicted = try inference.indices.map { try inference[$0].take(made) }
            _ = try consumer.take(predicted)
        }
    }
}

/// Keeps what it is given.
private struct Collector: Stage {
    struct State: Codable, Sendable { var events: [Event] = [] }
    var state = State()
    mutating func restore(_ state: State) { self.state = state }
    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        state.events.append(Event(position: event.position, trace: event.trace, event.message))
    }
}

@Suite("Divided services")
struct DivisionTests {
    private static let feed = SyntheticFeed(
        seed: 5, bars: 260, barsPerBatch: 2,
        controls: [
            0: [activation("champion", SmallModels.trees.version), activation("shadow", SmallModels.sequence.version)],
            80: [activation("challenger", "there is no such version")],
        ]
    ).batches

    private func events(_ fleets: [Fleet]) throws -> [Event] {
        var serving: DividedServing?
        for (part, fleet) in fleets.enumerated() {
            var next = try DividedServing(fleet, SmallModels.both, after: serving)
            let range = Self.feed.count * part / fleets.count..<Self.feed.count * (part + 1) / fleets.count
            try next.run(Self.feed[range])
            serving = next
        }
        return serving?.events ?? []
    }

    @Test("However they are divided, consumers are given the same events, bit for bit and in the same order")
    func same() throws {
        let whole = try events([.undivided])
        #expect(whole.count { if case .prediction = $0.message { true } else { false } } > 200)
        #expect(whole.contains { if case .anomaly = $0.message { true } else { false } })
        for (features, inference) in [(2, 1), (1, 2), (2, 2), (3, 2), (2, 5)] {
            let fleet = Fleet([Topology.featureBuilder: features, Topology.inferenceServer: inference])
            #expect(try events([fleet]) == whole, "\(features) and \(inference) shards")
        }
    }

    @Test("Divided anew in the middle of the feed, they go on from the snapshots of the division before")
    func anew() throws {
        let whole = try events([.undivided])
        let divided = Fleet([Topology.featureBuilder: 3, Topology.inferenceServer: 2])
        let other = Fleet([Topology.featureBuilder: 2, Topology.inferenceServer: 3])
        #expect(try events([.undivided, divided, other, .undivided]) == whole)
    }
}
