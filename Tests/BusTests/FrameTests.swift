import Schema
import Testing

@testable import Bus

@Suite("Frames")
struct FrameTests {
    private func frames(of message: Message) throws -> [[UInt8]] {
        var encoder = FrameEncoder(publisher: 7)
        if case .watermark(let watermark) = message {
            return list(
                try encoder.watermark(
                    of: LogBatch(entries: [], watermark: watermark, number: 3), sentTime: UnixNanos(42)))
        }
        let event = Event(position: FeedPosition(11), trace: FeedPosition(5), message)
        return list(
            try encoder.frames(of: LogEntry(event: event, sequence: 9, ordinal: 4), sentTime: UnixNanos(42)))
    }

    private func list(_ frames: Frames) -> [[UInt8]] { [frames.topic, frames.envelope.bytes, frames.payload] }

    @Test("Every kind of message comes back as it was sent", arguments: try Samples.messages())
    func roundTrip(message: Message) throws {
        var decoder = FrameDecoder()
        let frames = try frames(of: message)
        #expect(String(decoding: frames[0], as: UTF8.self) == message.topic.description)
        switch try decoder.item(frames) {
        case .entry(let entry, let envelope):
            #expect(entry.event == Event(position: FeedPosition(11), trace: FeedPosition(5), message))
            #expect(entry.sequence == 9 && entry.ordinal == 4)
            #expect(envelope.publisher == 7 && envelope.sentTime == UnixNanos(42))
            #expect(envelope.eventTime == message.eventTime ?? UnixNanos(0))
        case .watermark(let watermark, let number, let envelope):
            #expect(Message.watermark(watermark) == message)
            #expect(number == 3 && envelope.ordinal == 0)
        case .heartbeat: Issue.record("a heartbeat")
        }
    }

    @Test("The samples hold every kind")
    func samplesAreComplete() throws {
        #expect(Set(try Samples.messages().map(\.kind)) == Set(Message.Kind.allCases))
    }

    @Test("A heartbeat carries the head and the number of the last batch")
    func heartbeat() throws {
        var decoder = FrameDecoder()
        let frames = FrameEncoder(publisher: 7).heartbeat(head: FeedPosition(8), number: 3, sentTime: UnixNanos(42))
        guard case .heartbeat(let head, let envelope) = try decoder.item(list(frames)) else {
            Issue.record("no heartbeat")
            return
        }
        #expect(head == FeedPosition(8) && envelope.sequence == 3 && envelope.publisher == 7)
    }

    @Test("A foreign version and an unknown kind are refused as such")
    func foreign() throws {
        var decoder = FrameDecoder()
        var frames = try frames(of: .candle(Samples.candle(minute: 0)))
        var envelope = try #require(Envelope(bytes: frames[1]))
        envelope.version = 99
        frames[1] = envelope.bytes
        #expect(throws: BusError.schemaVersion(kind: 1, received: 99, understood: 1)) { try decoder.item(frames) }
        envelope.kind = 4711
        frames[1] = envelope.bytes
        #expect(throws: BusError.unknownKind(4711)) { try decoder.item(frames) }
        envelope.kind = Envelope.heartbeatKind
        frames[1] = envelope.bytes
        #expect(throws: BusError.schemaVersion(kind: 0xFFFF, received: 99, understood: 1)) { try decoder.item(frames) }
    }

    @Test("Frames that contradict each other are refused")
    func contradictions() throws {
        var decoder = FrameDecoder()
        let candle = try frames(of: .candle(Samples.candle(minute: 0)))
        let ether = try frames(of: .candle(Samples.candle(minute: 0, instrument: Samples.ether)))
        #expect(throws: BusError.malformed(.topic)) { try decoder.item([ether[0], candle[1], candle[2]]) }
        #expect(throws: BusError.malformed(.topic)) { try decoder.item([[], candle[1], candle[2]]) }
        #expect(throws: BusError.malformed(.frameCount(2))) { try decoder.item([candle[0], candle[1]]) }
        #expect(throws: BusError.malformed(.envelope(byteCount: 55))) {
            try decoder.item([candle[0], candle[1].dropLast(), candle[2]])
        }
        let watermark = try frames(of: .watermark(Samples.batch(1).watermark))
        var envelope = try #require(Envelope(bytes: watermark[1]))
        envelope.position = FeedPosition(1000)
        #expect(throws: BusError.malformed(.mismatch("a watermark's position stands in both places"))) {
            try decoder.item([watermark[0], envelope.bytes, watermark[2]])
        }
        let heartbeat = FrameEncoder(publisher: 1).heartbeat(head: .start, number: 0, sentTime: UnixNanos(0))
        #expect(throws: BusError.malformed(.topic)) { try decoder.item([candle[0], heartbeat.envelope.bytes, []]) }
        #expect(throws: BusError.malformed(.mismatch("a heartbeat has no payload"))) {
            try decoder.item([heartbeat.topic, heartbeat.envelope.bytes, [1]])
        }
    }

    @Test("A payload that is cut anywhere is refused or reads as another message, and never crashes")
    func truncated() throws {
        var decoder = FrameDecoder()
        for message in try Samples.messages() {
            let whole = try frames(of: message)
            for count in 0..<whole[2].count {
                do throws(BusError) {
                    let item = try decoder.item([whole[0], whole[1], Array(whole[2].prefix(count))])
                    if case .entry(let entry, _) = item { #expect(entry.event.message != message) }
                } catch {
                    switch error {
                    case .payload, .malformed: break
                    default: Issue.record("\(error)")
                    }
                }
            }
        }
    }

    @Test("Any bytes at all give an item or an error", arguments: 0..<8)
    func junk(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var decoder = FrameDecoder()
        let valid = try Samples.messages().map(frames(of:))
        var refused = 0
        for _ in 0..<1000 {
            var frames = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            }
            // Half of them are messages with a few bytes changed.
            if Bool.random(using: &random) {
                frames = valid[Int.random(in: 0..<valid.count, using: &random)]
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let frame = Int.random(in: 0..<3, using: &random)
                    guard let index = frames[frame].indices.randomElement(using: &random) else { continue }
                    frames[frame][index] = UInt8.random(in: 0 ... .max, using: &random)
                }
            }
            do throws(BusError) { _ = try decoder.item(frames) } catch { refused += 1 }
        }
        #expect(refused > 500)
    }
}
