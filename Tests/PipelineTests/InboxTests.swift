import Pipeline
import Schema
import Testing

/// A publisher's log of `count` batches with two messages each, with watermarks at positions 3, 6, 9 and so on.
func sampleLog(_ count: UInt64) -> [LogBatch] {
    var sequencer = Sequencer()
    return (0..<count).map { index in
        let first = FeedPosition(index * 3 + 1)
        let events = [first, first.next].map { position in
            Event(
                position: position,
                .metric(Metric(name: "m", label: "x", time: UnixNanos(0), value: Double(position.rawValue))))
        }
        let watermark = Watermark(
            position: FeedPosition(index * 3 + 3), previous: FeedPosition(index * 3), time: UnixNanos(Int64(index)))
        return sequencer.number(events, closing: watermark)
    }
}

@Suite("Inbox")
struct InboxTests {
    var inbox = Inbox(consumed: .start, capacity: 4)
    let log = sampleLog(10)

    @Test("A batch is ready when its watermark and every message that it counts are there, in whatever order they came")
    mutating func assemblesOutOfOrder() {
        inbox.receive(log[0].watermark, number: 1)
        inbox.receive(log[0].entries[1])
        #expect(inbox.first == nil)
        inbox.receive(log[0].entries[0])
        let taken = inbox.take()
        #expect(taken == log[0])
        #expect(inbox.consumed == FeedPosition(3))
    }

    @Test("A message that comes twice counts once")
    mutating func duplicatesCountOnce() {
        inbox.receive(log[0].entries[0])
        inbox.receive(log[0].entries[0])
        inbox.receive(log[0].watermark, number: 1)
        #expect(inbox.first == nil)
        inbox.receive(log[0].entries[1])
        let taken = inbox.take()
        #expect(taken == log[0])
        inbox.receive(log[0].entries[0])
        #expect(inbox.duplicates == 1)
        #expect(inbox.first == nil)
    }

    @Test("A hole is asked for once, after the last complete batch, and the page fills it")
    mutating func holeIsAskedFor() {
        deliver(log[0])
        deliver(log[2])
        #expect(inbox.readyCount == 1)
        let request = inbox.dueRequest(limit: 10)
        #expect(request?.after == FeedPosition(3))
        let again = inbox.dueRequest(limit: 10)
        #expect(again == nil)
        inbox.receive(RecoveryPage(batches: [log[1]], head: FeedPosition(9)))
        let taken = [inbox.take(), inbox.take(), inbox.take()]
        #expect(taken == [log[0], log[1], log[2]])
        #expect(inbox.recovered == 1)
    }

    @Test("A heartbeat ahead of what has come exposes a loss at the tail")
    mutating func heartbeatExposesLoss() {
        deliver(log[0])
        let early = inbox.dueRequest(limit: 10)
        #expect(early == nil)
        inbox.receiveHead(FeedPosition(6))
        let request = inbox.dueRequest(limit: 10)
        #expect(request?.after == FeedPosition(3))
    }

    @Test("A page that brings nothing causes no request before patience has run out")
    mutating func emptyPageWaits() {
        inbox.receiveHead(FeedPosition(6))
        let first = inbox.dueRequest(limit: 10)
        #expect(first != nil)
        inbox.receive(RecoveryPage(batches: [], head: FeedPosition(6)))
        let second = inbox.dueRequest(limit: 10)
        #expect(second == nil)
        _ = inbox.tick(patience: 2)
        let third = inbox.dueRequest(limit: 10)
        #expect(third == nil)
        _ = inbox.tick(patience: 2)
        let fourth = inbox.dueRequest(limit: 10)
        #expect(fourth?.after == .start)
    }

    @Test("A full inbox drops what comes, counts it, and asks for it when there is room")
    mutating func fullInboxDrops() {
        for batch in log { deliver(batch) }
        #expect(inbox.readyCount == 4)
        #expect(inbox.dropped == 6 * 3)
        let full = inbox.dueRequest(limit: 10)
        #expect(full == nil)
        _ = inbox.take()
        let due = inbox.dueRequest(limit: 10)
        #expect(due?.after == FeedPosition(12))
        #expect(due?.limit == 1)
    }

    private mutating func deliver(_ batch: LogBatch) {
        for entry in batch.entries { inbox.receive(entry) }
        inbox.receive(batch.watermark, number: batch.number)
    }
}

@Suite("Ring")
struct RingTests {
    @Test("It answers with what follows a position, and says when that has been forgotten")
    func answers() {
        var ring = Ring(start: .start, capacity: 3, consumers: ["a"])
        let log = sampleLog(5)
        for batch in log { ring.append(batch) }
        #expect(ring.answer(after: FeedPosition(3), limit: 9) == .forgotten)
        #expect(
            ring.answer(after: FeedPosition(6), limit: 2)
                == .page(RecoveryPage(batches: [log[2], log[3]], head: FeedPosition(15))))
        #expect(
            ring.answer(after: FeedPosition(15), limit: 2) == .page(RecoveryPage(batches: [], head: FeedPosition(15))))
    }

    @Test("It is full while the oldest batch is not acknowledged by every consumer")
    func waitsForAll() {
        var ring = Ring(start: .start, capacity: 2, consumers: ["a", "b"])
        let log = sampleLog(2)
        for batch in log { ring.append(batch) }
        #expect(ring.isFull)
        ring.acknowledge("a", upTo: FeedPosition(3))
        ring.acknowledge("stranger", upTo: FeedPosition(3))
        #expect(ring.isFull)
        ring.acknowledge("b", upTo: FeedPosition(3))
        #expect(!ring.isFull)
    }
}
