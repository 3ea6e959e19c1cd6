public import Schema

/// Stages that run one after the other in one process; see ``LocalPipeline``.
///
/// A chain begins as ``FeedChain`` and grows by ``adding(_:_:)``:
///
///     FeedChain().adding(Topology.executor, ExecutionStage()).adding(Topology.riskGate, RiskStage())
public protocol StageChain: Sendable {
    /// Of the stages, in order.
    var names: [String] { get }

    /// Finds the inputs of every stage among the names of the whole chain.
    mutating func connect(_ names: [String])

    /// Runs one batch through every stage, in order, and gives each output to `sink`.
    mutating func run(
        _ batch: Batch, _ outputs: inout ChainOutputs, _ sink: (_ name: String, _ events: [Event]) throws -> Void
    ) throws
}

extension StageChain {
    /// The chain with one more stage, which is a service of ``Topology`` and has its inputs.
    @inlinable
    public func adding<S: Stage>(_ name: String, _ stage: S) -> ChainedStage<Self, S> {
        adding(name, stage, inputs: Topology.inputs(of: name))
    }

    /// The chain with one more stage and inputs of its own; an input named ``Topology/ingestor`` is the feed.
    @inlinable
    public func adding<S: Stage>(_ name: String, _ stage: S, inputs: [Topology.Input]) -> ChainedStage<Self, S> {
        ChainedStage(before: self, name: name, stage: stage, inputs: inputs)
    }
}

/// The chain without a stage.
public struct FeedChain: StageChain {
    public init() {}

    public var names: [String] { [] }
    public mutating func connect(_ names: [String]) {}

    @inlinable @inline(__always)
    public mutating func run(
        _ batch: Batch, _ outputs: inout ChainOutputs, _ sink: (_ name: String, _ events: [Event]) throws -> Void
    ) throws {}
}

/// A chain with a stage at its end.
public struct ChainedStage<Before: StageChain, S: Stage>: StageChain {
    /// Where the events of an input come from.
    @usableFromInline enum Source: Sendable {
        case feed
        /// The output of another stage, by its place in the chain.
        case stage(Int)
        /// The same, of the batch before.
        case previous(Int)
    }

    @usableFromInline var before: Before
    @usableFromInline let name: String
    @usableFromInline let place: Int
    @usableFromInline var runner: StageRunner<S>
    @usableFromInline let inputs: [Topology.Input]
    /// Of each input, once the chain is connected.
    @usableFromInline var sources: [Source] = []

    @inlinable
    init(before: Before, name: String, stage: S, inputs: [Topology.Input]) {
        self.before = before
        self.name = name
        self.inputs = inputs
        place = before.names.count
        runner = StageRunner(stage, inputs: inputs)
    }

    public var names: [String] { before.names + [name] }

    public mutating func connect(_ names: [String]) {
        before.connect(names)
        sources = inputs.map { input in
            if input.source == Topology.ingestor {
                precondition(input.delay == 0, "the feed comes without delay")
                return .feed
            }
            guard let index = names.firstIndex(of: input.source) else {
                preconditionFailure("\(name) listens to \(input.source), which was not added")
            }
            precondition(input.delay > 0 || index < place, "\(input.source) must be added before its listener")
            return input.delay == 0 ? .stage(index) : .previous(index)
        }
    }

    @inlinable @inline(__always)
    public mutating func run(
        _ batch: Batch, _ outputs: inout ChainOutputs, _ sink: (_ name: String, _ events: [Event]) throws -> Void
    ) throws {
        try before.run(batch, &outputs, sink)
        for input in sources.indices {
            switch sources[input] {
            case .feed: try runner.take(batch.events, from: input, closing: batch.watermark)
            case .stage(let place):
                var events = ChainOutputs.lend(&outputs.current[place])
                try runner.take(events, from: input, closing: batch.watermark)
                swap(&events, &outputs.current[place])
            case .previous(let place):
                var events = ChainOutputs.lend(&outputs.previous[place])
                try runner.take(events, from: input, closing: batch.watermark)
                swap(&events, &outputs.previous[place])
            }
        }
        try runner.close(batch.watermark, into: &outputs.current[place])
        try sink(name, outputs.current[place])
    }
}

/// What the stages of a chain made of the batch at hand, and of the one before.
public struct ChainOutputs: Sendable {
    /// By the stage's place in the chain.
    @usableFromInline var current: [[Event]]
    @usableFromInline var previous: [[Event]]

    init(count: Int) {
        current = Array(repeating: [], count: count)
        previous = current
    }

    /// Takes an output from its place without counting one more reference to it, which threads would have to agree on.
    @inlinable @inline(__always)
    static func lend(_ events: inout [Event]) -> [Event] {
        var lent: [Event] = []
        swap(&lent, &events)
        return lent
    }

    /// Makes the batch at hand the one before.
    @inlinable
    mutating func turn() { swap(&current, &previous) }
}
