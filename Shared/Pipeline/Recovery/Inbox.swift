internal import DequeModule
public import Schema

/// One input of a node: puts arriving messages together to whole batches, in order, and knows what is missing.
///
/// A pure state machine. Messages may be lost, doubled, late and out of order; a batch becomes ready when its predecessor
/// is and every message that its watermark counts is there. What does not complete is asked for again, as whole batches.
public struct Inbox: Sendable {
    /// The last batch that was taken out.
    public private(set) var consumed: FeedPosition
    /// The last batch that is ready or taken out; everything up to here has arrived.
    public private(set) var tail: FeedPosition
    /// The furthest that the publisher is known to be.
    public private(set) var knownHead: FeedPosition

    /// Batches that may wait.
    public let capacity: Int
    private var ready: Deque<LogBatch> = []
    /// Messages and watermarks behind ``tail`` that do not make a batch yet, as they came.
    private var pending: [LogEntry] = []
    private var marks: [(watermark: Watermark, number: UInt64)] = []
    private var acknowledged: FeedPosition
    private var request = Request.none
    /// Messages dropped since the inbox was full; counted, since they will be asked for again.
    public private(set) var dropped: UInt64 = 0
    /// Messages that came again.
    public private(set) var duplicates: UInt64 = 0
    /// Batches that came by recovery instead of live.
    public private(set) var recovered: UInt64 = 0
    /// The messages of those batches, their watermarks among them.
    public private(set) var recoveredMessages: UInt64 = 0

    private enum Request: Equatable {
        case none
        case outstanding(ticks: Int)
    }

    /// `capacity`: Batches that may wait; what arrives beyond is dropped and asked for later.
    public init(consumed: FeedPosition, capacity: Int) {
        self.consumed = consumed
        self.capacity = capacity
        (tail, knownHead, acknowledged) = (consumed, consumed, consumed)
    }

    /// The next batch, if it is complete.
    public var first: LogBatch? { ready.first }
    public var readyCount: Int { ready.count }

    private var hasRoom: Bool { ready.count < capacity }
    /// Pending messages are bounded too; beyond, the batch comes by recovery.
    private static let pendingLimit = 65_536

    public mutating func take() -> LogBatch? {
        guard let batch = ready.popFirst() else { return nil }
        consumed = batch.watermark.position
        return batch
    }

    // MARK: Arrivals

    public mutating func receive(_ entry: LogEntry) {
        guard entry.event.position > tail else {
            duplicates += 1
            return
        }
        guard hasRoom, pending.count < Self.pendingLimit else {
            dropped += 1
            return
        }
        pending.append(entry)
        if !marks.isEmpty { assemble() }
    }

    public mutating func receive(_ watermark: Watermark, number: UInt64) {
        knownHead = max(knownHead, watermark.position)
        guard watermark.position > tail else {
            duplicates += 1
            return
        }
        guard hasRoom, marks.count < capacity else {
            dropped += 1
            return
        }
        marks.append((watermark, number))
        assemble()
    }

    public mutating func receiveHead(_ head: FeedPosition) { knownHead = max(knownHead, head) }

    public mutating func receive(_ page: RecoveryPage) {
        let before = tail
        knownHead = max(knownHead, page.head)
        for batch in page.batches where batch.watermark.position > tail {
            guard batch.watermark.previous == tail else { break }
            append(batch)
            recovered += 1
            recoveredMessages += UInt64(batch.entries.count) + 1
        }
        forgetPending()
        assemble()
        // A page that brought nothing, because it came twice or the publisher is itself behind, is no reason to ask again at
        // once: answers that each cause a request would multiply without end.
        if tail > before || knownHead <= tail { request = .none }
    }

    // MARK: Requests

    /// The request that is due, if any: `after` what has arrived, when more is known to exist and none is under way.
    public mutating func dueRequest(limit: Int) -> (after: FeedPosition, limit: Int)? {
        guard request == .none, knownHead > tail, hasRoom else { return nil }
        request = .outstanding(ticks: 0)
        return (tail, min(limit, capacity - ready.count))
    }

    /// Lets time pass: a request without an answer is given up after `patience` ticks.
    ///
    /// - Returns: The position to acknowledge: again even when it has not moved, since the publisher may be a new process
    ///   that has not heard of it.
    public mutating func tick(patience: Int) -> FeedPosition {
        if case .outstanding(let ticks) = request {
            request = ticks + 1 >= patience ? .none : .outstanding(ticks: ticks + 1)
        }
        acknowledged = consumed
        return consumed
    }

    /// A request that asks how far the publisher is, sent at the start and when nothing has been heard.
    public mutating func probe() -> FeedPosition? {
        guard request == .none else { return nil }
        request = .outstanding(ticks: 0)
        return tail
    }

    /// The position to acknowledge, once `every` positions or more have been taken since the last time.
    public mutating func dueAcknowledgement(every: UInt64) -> FeedPosition? {
        guard consumed.rawValue >= acknowledged.rawValue + every else { return nil }
        acknowledged = consumed
        return consumed
    }

    // MARK: Assembly

    private mutating func append(_ batch: LogBatch) {
        ready.append(batch)
        tail = batch.watermark.position
    }

    private mutating func assemble() {
        while let index = marks.firstIndex(where: { $0.watermark.previous == tail }) {
            let (watermark, number) = marks[index]
            guard let entries = entries(of: watermark) else { return }
            append(LogBatch(entries: entries, watermark: watermark, number: number))
            forgetPending()
        }
    }

    /// The messages of the batch that `watermark` ends, if all are there.
    private func entries(of watermark: Watermark) -> [LogEntry]? {
        let expected = watermark.tails.reduce(0) { $0 + $1.count }
        // Nearly always everything pending is exactly the batch, in order.
        if pending.count == expected, isInOrder(pending, upTo: watermark.position) { return pending }
        var byOrdinal: [UInt32: LogEntry] = [:]
        for entry in pending where entry.event.position <= watermark.position { byOrdinal[entry.ordinal] = entry }
        guard byOrdinal.count == expected else { return nil }
        return byOrdinal.values.sorted { $0.ordinal < $1.ordinal }
    }

    private func isInOrder(_ entries: [LogEntry], upTo position: FeedPosition) -> Bool {
        for (index, entry) in entries.enumerated()
        where entry.ordinal != UInt32(index) || entry.event.position > position {
            return false
        }
        return true
    }

    private mutating func forgetPending() {
        let tail = tail
        pending.removeAll { $0.event.position <= tail }
        marks.removeAll { $0.watermark.position <= tail }
    }
}
