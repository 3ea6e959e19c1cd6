public import Schema

/// The node at the head of the pipeline: takes batches from a source, has them stored, and only then publishes them.
///
/// What has left its ring, or was never in it after a restart, is read from the stored feed log. A pure state machine like
/// ``Node``.
public struct FeedNode: Sendable {
    public enum Effect: Sendable {
        /// Append to the feed log, in one transaction with the source's state, and answer with
        /// ``FeedNode/appended(upTo:into:)``.
        case append([LogBatch])
        case publish(LogBatch)
        case heartbeat(FeedPosition)
        case reply(consumer: String, RecoveryPage)
        /// Read the feed log after a position and reply with the batches found and this head.
        case readLog(consumer: String, after: FeedPosition, limit: Int, head: FeedPosition)
    }

    public private(set) var ring: Ring
    public private(set) var sequencer: Sequencer
    private let settings: NodeSettings
    private var unstored: [LogBatch] = []
    private var publishedSinceTick = false

    /// Goes on after the last watermark of the stored feed log.
    public init(head: FeedPosition, sequencer: Sequencer, consumers: [String], settings: NodeSettings = NodeSettings())
    {
        ring = Ring(start: head, capacity: settings.ringCapacity, consumers: consumers)
        self.sequencer = sequencer
        self.settings = settings
    }

    /// Whether another batch may be offered.
    public var hasRoom: Bool { !(settings.keepsPace && ring.isFull) && unstored.count < settings.unstoredLimit }

    /// Takes the next batches of the source.
    public mutating func offer(_ batches: [Batch], into effects: inout [Effect]) {
        guard !batches.isEmpty else { return }
        let numbered = batches.map { sequencer.number($0.events, closing: $0.watermark) }
        unstored += numbered
        effects.append(.append(numbered))
    }

    /// The feed log holds every batch up to `position`.
    public mutating func appended(upTo position: FeedPosition, into effects: inout [Effect]) {
        let count = unstored.prefix { $0.watermark.position <= position }.count
        for batch in unstored.prefix(count) {
            ring.append(batch)
            effects.append(.publish(batch))
            publishedSinceTick = true
        }
        unstored.removeFirst(count)
    }

    public mutating func receive(_ request: RecoveryRequest, into effects: inout [Effect]) {
        switch request {
        case .acknowledge(let consumer, let position): ring.acknowledge(consumer, upTo: position)
        case .batches(let consumer, let position, let limit):
            ring.acknowledge(consumer, upTo: position)
            let limit = min(limit, settings.pageLimit)
            switch ring.answer(after: position, limit: limit) {
            case .page(let page): effects.append(.reply(consumer: consumer, page))
            case .forgotten:
                effects.append(.readLog(consumer: consumer, after: position, limit: limit, head: ring.head))
            }
        }
    }

    public mutating func tick(into effects: inout [Effect]) {
        if !publishedSinceTick { effects.append(.heartbeat(ring.head)) }
        publishedSinceTick = false
    }
}
