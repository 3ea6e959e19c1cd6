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
    public var stage: S { running }
    @usableFromInline var running: S
    @usableFromInline let inputs: [Topology.Input]
    @usableFromInline let primary: Int
    @usableFromInline var outbox = Outbox()

    /// `inputs`: The stage's inputs; the last one without delay is the primary.
    @inlinable
    public init(_ stage: S, inputs: [Topology.Input]) {
        running = stage
        self.inputs = inputs
        primary = inputs.lastIndex { $0.delay == 0 } ?? 0
    }

    public mutating func restore(_ state: S.State) throws { try running.restore(state) }

    /// Gives the stage one input's batch; then comes the next input's, in the inputs' order.
    ///
    /// Control events are taken from the primary input alone, since they reach a stage by every way through the graph;
    /// they are handed on before anything that the stage makes of the event. What comes from a delayed input takes effect
    /// at the first position of the batch, so that everything emitted lies between the two watermarks.
    @inlinable @inline(__always)
    public mutating func take(_ events: [Event], from input: Int, closing watermark: Watermark) throws {
        let isDelayed = inputs[input].delay > 0
        try events.withUnsafeBufferPointer { buffer in
            for index in buffer.indices {
                let event = LentEvent(at: buffer.baseAddress! + index)
                if case .control = event.message {
                    guard input == primary else { continue }
                    outbox.forward(events[index])
                }
                outbox.caused(by: isDelayed ? watermark.previous.next : event.position, trace: event.trace)
                try running.process(event, from: input, into: &outbox)
            }
        }
    }

    /// Gives the stage the watermark, after the batches of all inputs.
    ///
    /// What the stage emitted, in order, takes the place of what `output` held.
    @inlinable @inline(__always)
    public mutating func close(_ watermark: Watermark, into output: inout [Event]) throws {
        outbox.caused(by: watermark.position, trace: watermark.position)
        try running.close(watermark, into: &outbox)
        outbox.move(to: &output)
    }

    /// Gives the stage one batch of each input, and the watermark.
    ///
    /// - Returns: What the stage emitted, in order.
    public mutating func run(_ batches: [[Event]], closing watermark: Watermark) throws -> [Event] {
        for (input, events) in batches.enumerated() { try take(events, from: input, closing: watermark) }
        var output: [Event] = []
        try close(watermark, into: &output)
        return output
    }
}
