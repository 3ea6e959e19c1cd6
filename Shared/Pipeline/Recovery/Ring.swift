internal import DequeModule
public import Schema

/// The last batches of a publisher's log, from which it answers consumers that missed some.
public struct Ring: Sendable {
    /// What a ring knows of a position.
    public enum Answer: Sendable, Equatable {
        case page(RecoveryPage)
        /// The batches asked for have left the ring.
        case forgotten
    }

    /// The watermark before the oldest batch kept.
    public private(set) var base: FeedPosition
    /// The watermark of the newest batch.
    public private(set) var head: FeedPosition
    private var batches: Deque<LogBatch> = []
    private let capacity: Int
    private var acknowledged: [String: FeedPosition] = [:]
    private let consumers: [String]

    /// * `start`: The watermark after which the log goes on.
    /// * `consumers`: Those for whom batches are kept until they have acknowledged them.
    public init(start: FeedPosition, capacity: Int, consumers: [String]) {
        (base, head) = (start, start)
        self.capacity = capacity
        self.consumers = consumers
    }

    /// Whether one more batch would push out one that a consumer has not acknowledged.
    ///
    /// Then the publisher waits: running on would make it forget what it must soon compute again.
    public var isFull: Bool {
        guard batches.count >= capacity, let oldest = batches.first else { return false }
        return consumers.contains { acknowledged[$0, default: base] < oldest.watermark.position }
    }

    public mutating func append(_ batch: LogBatch) {
        precondition(batch.watermark.previous == head, "batches follow one another")
        if batches.count >= capacity, let oldest = batches.popFirst() { base = oldest.watermark.position }
        batches.append(batch)
        head = batch.watermark.position
    }

    public mutating func acknowledge(_ consumer: String, upTo position: FeedPosition) {
        guard consumers.contains(consumer) else { return }
        acknowledged[consumer] = position
    }

    public func isConsumer(_ name: String) -> Bool { consumers.contains(name) }

    /// The batches after `position`, at most `limit`.
    public func answer(after position: FeedPosition, limit: Int) -> Answer {
        guard position >= base else { return .forgotten }
        guard position < head else { return .page(RecoveryPage(batches: [], head: head)) }
        // Batches are ordered by position, so the first that follows is found by halving.
        var (low, high) = (batches.startIndex, batches.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].watermark.previous < position { low = middle + 1 } else { high = middle }
        }
        let end = min(batches.endIndex, low + max(1, limit))
        return .page(RecoveryPage(batches: Array(batches[low..<end]), head: head))
    }
}
