public import Schema

/// Any stage with its inputs, ready to run over batches.
public protocol BatchRunner: Sendable {
    /// Gives the stage one input's batch.
    mutating func take(_ events: [Event], from input: Int, closing watermark: Watermark) throws

    /// Gives the stage the watermark, after the batches of all inputs in their order.
    ///
    /// What the stage emitted, in order, takes the place of what `output` held.
    mutating func close(_ watermark: Watermark, into output: inout [Event]) throws
}

extension StageRunner: BatchRunner {}

/// The stages of the pipeline chained in one process, without sockets and encoding: the backtest.
///
/// It runs the very batches, in the very order, that the services run.
public struct LocalPipeline: Sendable {
    /// One thing to do for every batch; all of them, in order, are the pipeline.
    private enum Step {
        case feed(stage: Int, input: Int)
        case take(stage: Int, input: Int, source: Int)
        /// The source's output of the batch before.
        case takePrevious(stage: Int, input: Int, source: Int)
        case close(stage: Int)
    }

    private var names: [String] = []
    private var inputs: [[Topology.Input]] = []
    private var runners: [any BatchRunner] = []
    /// Empty until the first batch.
    private var steps: [Step] = []
    private var outputs: [[Event]] = []
    private var previousOutputs: [[Event]] = []

    public init() {}

    /// Adds a stage; those whose outputs it takes without delay must have been added before.
    ///
    /// `name`: The service's name in ``Topology``, which also says what its inputs are.
    public mutating func add(_ name: String, _ stage: some Stage) {
        add(name, stage, inputs: Topology.inputs(of: name))
    }

    /// Adds a stage with inputs of its own; an input named ``Topology/ingestor`` is the feed.
    public mutating func add(_ name: String, _ stage: some Stage, inputs: [Topology.Input]) {
        precondition(steps.isEmpty, "stages are added before the first batch")
        names.append(name)
        self.inputs.append(inputs)
        runners.append(StageRunner(stage, inputs: inputs))
        outputs.append([])
        previousOutputs.append([])
    }

    /// Runs one batch of the feed through every stage, in the order in which they were added.
    ///
    /// `sink`: Takes each stage's output of the batch.
    public mutating func run(_ batch: Batch, sink: (_ name: String, Batch) throws -> Void) throws {
        if steps.isEmpty { plan() }
        swap(&outputs, &previousOutputs)
        let watermark = batch.watermark
        for index in steps.indices {
            switch steps[index] {
            case .feed(let stage, let input):
                try runners[stage].take(batch.events, from: input, closing: watermark)
            case .take(let stage, let input, let source):
                try runners[stage].take(outputs[source], from: input, closing: watermark)
            case .takePrevious(let stage, let input, let source):
                try runners[stage].take(previousOutputs[source], from: input, closing: watermark)
            case .close(let stage):
                try runners[stage].close(watermark, into: &outputs[stage])
                try sink(names[stage], Batch(events: outputs[stage], watermark: watermark))
            }
        }
    }

    private mutating func plan() {
        for stage in names.indices {
            for (input, source) in inputs[stage].enumerated() {
                if source.source == Topology.ingestor {
                    precondition(source.delay == 0, "the feed comes without delay")
                    steps.append(.feed(stage: stage, input: input))
                    continue
                }
                guard let index = names.firstIndex(of: source.source) else {
                    preconditionFailure("\(names[stage]) listens to \(source.source), which was not added")
                }
                precondition(source.delay > 0 || index < stage, "\(source.source) must be added before its listener")
                steps.append(
                    source.delay == 0
                        ? .take(stage: stage, input: input, source: index)
                        : .takePrevious(stage: stage, input: input, source: index))
            }
            steps.append(.close(stage: stage))
        }
    }
}
