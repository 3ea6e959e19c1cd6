public import Schema

/// Any stage with its inputs, ready to run over batches.
public protocol BatchRunner: Sendable {
    mutating func run(_ batches: [[Event]], closing watermark: Watermark) throws -> [Event]
}

extension StageRunner: BatchRunner {}

/// The stages of the pipeline chained in one process, without sockets and encoding: the backtest.
///
/// It runs the very batches, in the very order, that the services run.
public struct LocalPipeline: Sendable {
    private struct Part: Sendable {
        let name: String
        /// For each input the part whose output it is; `nil` is the feed.
        let sources: [(part: Int?, delay: Int)]
        var runner: any BatchRunner
        var output: [Event] = []
        /// The output of the batch before, for inputs with a delay.
        var previousOutput: [Event] = []
    }

    private var parts: [Part] = []

    public init() {}

    /// Adds a stage; those whose outputs it takes without delay must have been added before.
    ///
    /// `name`: The service's name in ``Topology``, which also says what its inputs are.
    public mutating func add(_ name: String, _ stage: some Stage) {
        let inputs = Topology.inputs(of: name)
        add(name, stage, inputs: inputs)
    }

    /// Adds a stage with inputs of its own; an input named ``Topology/ingestor`` is the feed.
    public mutating func add(_ name: String, _ stage: some Stage, inputs: [Topology.Input]) {
        pendingSources[parts.count] = inputs
        parts.append(Part(name: name, sources: [], runner: StageRunner(stage, inputs: inputs)))
    }

    private var pendingSources: [Int: [Topology.Input]] = [:]

    /// Runs one batch of the feed through every stage, in the order in which they were added.
    ///
    /// `sink`: Takes each stage's output of the batch.
    public mutating func run(_ batch: Batch, sink: (_ name: String, Batch) throws -> Void) throws {
        if !pendingSources.isEmpty { connect() }
        for index in parts.indices {
            let inputs = parts[index].sources.map { source -> [Event] in
                guard let part = source.part else { return batch.events }
                // A part added later has not run yet in this batch, so its output is still the one before.
                return source.delay == 0 ? parts[part].output : parts[part].previousOutput
            }
            parts[index].output = try parts[index].runner.run(inputs, closing: batch.watermark)
            try sink(parts[index].name, Batch(events: parts[index].output, watermark: batch.watermark))
        }
        for index in parts.indices { parts[index].previousOutput = parts[index].output }
    }

    private mutating func connect() {
        for (index, inputs) in pendingSources {
            let sources = inputs.map { input -> (part: Int?, delay: Int) in
                if input.source == Topology.ingestor { return (nil, input.delay) }
                guard let part = parts.firstIndex(where: { $0.name == input.source }) else {
                    preconditionFailure("\(parts[index].name) listens to \(input.source), which was not added")
                }
                precondition(input.delay > 0 || part < index, "\(input.source) must be added before its listener")
                return (part, input.delay)
            }
            parts[index] = Part(name: parts[index].name, sources: sources, runner: parts[index].runner)
        }
        pendingSources.removeAll()
    }
}
