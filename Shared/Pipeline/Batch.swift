public import Schema

/// The events between two watermarks of one log, and the watermark that ends them.
public struct Batch: Sendable, Equatable {
    public let events: [Event]
    public let watermark: Watermark

    public init(events: [Event], watermark: Watermark) {
        self.events = events
        self.watermark = watermark
    }
}

/// Runs a stage over whole batches: the one way in which a stage is ever run.
public struct StageRunner<S: Stage>: Sendable {
    public private(set) var stage: S
    private let inputs: [Topology.Input]
    private let primary: Int
    private var outbox = Outbox()

    /// `inputs`: The stage's inputs; the last one without delay is the primary.
    public init(_ stage: S, inputs: [Topology.Input]) {
        self.stage = stage
        self.inputs = inputs
        primary = inputs.lastIndex { $0.delay == 0 } ?? 0
    }

    public mutating func restore(_ state: S.State) throws { try stage.restore(state) }

    /// Gives the stage one batch of each input, in the inputs' order, then the watermark.
    ///
    /// Control events are taken from the primary input alone, since they reach a stage by every way through the graph;
    /// they are handed on before anything that the stage makes of the event. What comes from a delayed input takes effect
    /// at the first position of the batch, so that everything emitted lies between the two watermarks.
    ///
    /// - Returns: What the stage emitted, in order.
    public mutating func run(_ batches: [[Event]], closing watermark: Watermark) throws -> [Event] {
        for (input, events) in batches.enumerated() {
            let isDelayed = inputs[input].delay > 0
            for event in events {
                if case .control = event.message {
                    guard input == primary else { continue }
                    outbox.forward(event)
                }
                outbox.caused(by: isDelayed ? watermark.previous.next : event.position, trace: event.trace)
                try stage.process(event, from: input, into: &outbox)
            }
        }
        outbox.caused(by: watermark.position, trace: watermark.position)
        try stage.close(watermark, into: &outbox)
        return outbox.take()
    }
}
