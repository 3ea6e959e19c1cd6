import Schema
import Testing

@testable import Bus

@Suite("Sequence tracker")
struct SequenceTrackerTests {
    private let topic = Topic(.candle, Samples.bitcoin, .minute1)

    @Test("A number that follows is in order, one that jumps is a gap, one that returns is stale")
    func verdicts() {
        var tracker = SequenceTracker()
        #expect(tracker.observe(topic, publisher: 1, sequence: 5) == .joined)
        #expect(tracker.observe(topic, publisher: 1, sequence: 6) == .inOrder)
        #expect(tracker.observe(topic, publisher: 1, sequence: 9) == .gap(missing: 7...8))
        #expect(tracker.observe(topic, publisher: 1, sequence: 9) == .stale)
        #expect(tracker.observe(topic, publisher: 1, sequence: 7) == .stale)
        #expect(tracker.observe(topic, publisher: 1, sequence: 10) == .inOrder)
    }

    @Test("Each topic and each run of a publisher counts by itself, and a new run is told once")
    func independence() {
        var tracker = SequenceTracker()
        #expect(tracker.observe(topic, publisher: 1, sequence: 5) == .joined)
        #expect(tracker.observe(Topic(.control), publisher: 1, sequence: 1) == .joined)
        #expect(tracker.observe(topic, publisher: 2, sequence: 1) == .restarted)
        #expect(tracker.observe(topic, publisher: 2, sequence: 2) == .inOrder)
        // A straggler of the old run.
        #expect(tracker.observe(topic, publisher: 1, sequence: 6) == .inOrder)
        #expect(tracker.observe(topic, publisher: 2, sequence: 4) == .gap(missing: 3...3))
    }

    @Test("Only the newest four runs of a publisher are remembered")
    func memory() {
        var tracker = SequenceTracker()
        for publisher in 1...5 { _ = tracker.observe(topic, publisher: UInt64(publisher), sequence: 1) }
        #expect(!tracker.knows(topic, publisher: 1))
        #expect((2...5).allSatisfy { tracker.knows(topic, publisher: $0) })
    }

    @Test("A stated last number shows what is missing at the tail, once")
    func tail() {
        var tracker = SequenceTracker()
        #expect(tracker.expect(topic, publisher: 1, last: 5) == nil)
        #expect(tracker.expect(topic, publisher: 1, last: 5) == nil)
        #expect(tracker.expect(topic, publisher: 1, last: 7) == 6...7)
        #expect(tracker.observe(topic, publisher: 1, sequence: 8) == .inOrder)
        #expect(tracker.expect(Topic(.control), publisher: 1, last: 3, since: 2) == 2...3)
    }

    @Test("Any loss of a log is told exactly, whatever is lost", arguments: 0..<200)
    func everyLossIsTold(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var encoder = FrameEncoder(publisher: 7)
        var decoder = FrameDecoder()
        var assembler = EventAssembler(topics: [])
        var lost: Set<UInt64> = []
        var told: Set<UInt64> = []
        var received: Set<UInt64> = []
        for number in UInt64(1)...20 {
            let batch = try Samples.batch(number, entries: Int.random(in: 3...3, using: &random))
            var events: [BusEvent] = []
            for entry in batch.entries {
                // The first batch arrives whole, so that the rest is known to have been sent while we listened.
                if number > 1, Int.random(in: 0..<3, using: &random) == 0 {
                    lost.insert(entry.sequence)
                    continue
                }
                let frames = try encoder.frames(of: entry, sentTime: UnixNanos(0))
                assembler.events(
                    of: try decoder.item([frames.topic, frames.envelope.bytes, frames.payload]), into: &events)
            }
            assembler.events(
                of: .watermark(
                    batch.watermark, number: number,
                    try encoder.watermark(of: batch, sentTime: UnixNanos(0)).envelope),
                into: &events)
            for event in events {
                switch event {
                case .gap(_, let missing): told.formUnion(missing)
                case .message(let entry, _): received.insert(entry.sequence)
                case .watermark: break
                default: Issue.record("\(event)")
                }
            }
        }
        #expect(told == lost)
        #expect(received.union(lost) == Set(1...60) && received.isDisjoint(with: lost))
    }

    @Test("A lost watermark shows by the next heartbeat")
    func heartbeat() throws {
        var assembler = EventAssembler(topics: [])
        var encoder = FrameEncoder(publisher: 7)
        var events: [BusEvent] = []
        let first = try Samples.batch(1, entries: 0)
        assembler.events(
            of: .watermark(
                first.watermark, number: 1, try encoder.watermark(of: first, sentTime: UnixNanos(0)).envelope),
            into: &events)
        let heartbeat = encoder.heartbeat(head: FeedPosition(3), number: 3, sentTime: UnixNanos(0)).envelope
        assembler.events(of: .heartbeat(head: FeedPosition(3), heartbeat), into: &events)
        #expect(events.dropFirst().first == .gap(topic: Topic(.watermark), missing: 2...3))
        assembler.events(of: .heartbeat(head: FeedPosition(3), heartbeat), into: &events)
        #expect(events.count == 4)
    }
}
