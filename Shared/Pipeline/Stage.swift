public import Schema

/// One step of the pipeline: takes one input at a time and gives outputs.
///
/// A stage is a value without socket, clock, thread, log, random source or database. The same value runs live, in a
/// replay and in a backtest; whatever it does depends only on its settings and on the events that it was given, in order.
public protocol Stage: Sendable {
    /// Everything that the stage remembers, to the last bit.
    ///
    /// A stage that is restored from a state and given the events that followed it does exactly what the first one did.
    associatedtype State: Codable & Sendable

    var state: State { get }

    /// Whether an event is for a shard of this stage; to a stage that is not divided every event is.
    static func concerns(_ event: Event, _ shard: Shard) -> Bool

    /// Takes up a state that an equal stage, with equal settings, gave.
    ///
    /// - Throws: When the state cannot be taken up, for example because a model it names is gone.
    mutating func restore(_ state: State) throws

    /// Takes one event; what it makes of it goes to `outbox`.
    ///
    /// `input`: The index of the input, in the order of ``Topology``, that the event came from.
    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) throws

    /// Takes the end of a batch: all events up to `watermark` have been processed.
    mutating func close(_ watermark: Watermark, into outbox: inout Outbox) throws
}

extension Stage {
    /// What the shard owns.
    public static func concerns(_ event: Event, _ shard: Shard) -> Bool { shard.owns(event) }

    public mutating func close(_ watermark: Watermark, into outbox: inout Outbox) throws {}
}

/// Where a stage puts what it makes.
public struct Outbox: Sendable {
    @usableFromInline var events: [Event] = []
    @usableFromInline var position = FeedPosition.start
    @usableFromInline var trace = FeedPosition.start

    public init() {}

    /// Emits a message, caused by the input at hand.
    ///
    /// `trace`: The feed event that began the chain, where it is not the input's; a decision made at a
    ///   watermark names the prediction's.
    @inlinable @inline(__always)
    public mutating func emit(_ message: consuming Message, trace: FeedPosition? = nil) {
        events.append(Event(position: position, trace: trace ?? self.trace, message))
    }

    /// From here on, messages are caused by the event at `position`.
    @inlinable @inline(__always)
    mutating func caused(by position: FeedPosition, trace: FeedPosition) {
        (self.position, self.trace) = (position, trace)
    }

    /// Puts the events emitted so far in the place of what `output` held, whose memory the outbox goes on with.
    @inlinable @inline(__always)
    mutating func move(to output: inout [Event]) {
        swap(&events, &output)
        // One by one: a batch has a few events, for which `removeAll` costs more than what it removes.
        while !events.isEmpty { events.removeLast() }
    }

    @inlinable
    mutating func forward(_ event: Event) { events.append(event) }
}
