import Foundation
import Schema
import Testing

@testable import Bus

@Suite("Recording")
struct RecordingTests {
    private let batches: [LogBatch]
    private let path: String

    init() throws {
        batches = try (1...4).map { try Samples.batch($0) }
        path = try Samples.folder().path + "/feed.tgr"
    }

    private func record(_ batches: [LogBatch], policy: RecordingWriter.FlushPolicy = .init()) throws {
        var writer = try RecordingWriter(creating: path, information: "{\"by\":\"test\"}", policy: policy)
        for batch in batches { try writer.append(batch, publisher: 7, sentTime: UnixNanos(42)) }
        try writer.close()
    }

    private func read() throws -> (batches: [LogBatch], tail: RecordingTail?) {
        var reader = try RecordingReader(path: path)
        var batches: [LogBatch] = []
        while let batch = try reader.nextBatch() { batches.append(batch) }
        return (batches, reader.tail)
    }

    private func readItems() throws -> (items: [BusItem], tail: RecordingTail?) {
        var reader = try RecordingReader(path: path)
        var items: [BusItem] = []
        while let item = try reader.next() { items.append(item) }
        return (items, reader.tail)
    }

    private var contents: Data {
        get throws { try Data(contentsOf: URL(fileURLWithPath: path)) }
    }

    private func write(_ data: Data) throws { try data.write(to: URL(fileURLWithPath: path)) }

    @Test("What was recorded is read again, with what was said about it")
    func roundTrip() throws {
        try record(batches)
        let (read, tail) = try read()
        #expect(read == batches && tail == .complete)
        #expect(try RecordingReader(path: path).information == "{\"by\":\"test\"}")
    }

    @Test("Items of every kind are recorded as they were received")
    func items() throws {
        var items: [BusItem] = []
        var decoder = FrameDecoder()
        var encoder = FrameEncoder(publisher: 3)
        for (index, message) in try Samples.messages().enumerated() where message.kind != .watermark {
            let entry = LogEntry(
                event: Event(position: FeedPosition(4), trace: FeedPosition(2), message), sequence: UInt64(index),
                ordinal: UInt32(index))
            let frames = try encoder.frames(of: entry, sentTime: UnixNanos(5))
            items.append(try decoder.item([frames.topic, frames.envelope.bytes, frames.payload]))
        }
        for frames in [
            try encoder.watermark(of: Samples.batch(1), sentTime: UnixNanos(6)),
            encoder.heartbeat(head: FeedPosition(9), number: 2, sentTime: UnixNanos(7)),
        ] { items.append(try decoder.item([frames.topic, frames.envelope.bytes, frames.payload])) }
        var writer = try RecordingWriter(creating: path, information: "")
        for item in items { try writer.append(item) }
        try writer.close()
        let (read, tail) = try readItems()
        #expect(read == items && tail == .complete)
    }

    @Test("A recording longer than the reader's buffer is read whole")
    func long() throws {
        let batches = try (1...30).map { try Samples.batch($0, entries: 10, padding: 2000) }
        try record(batches)
        #expect(try contents.count > 4 << 20)
        let (read, tail) = try read()
        #expect(read == batches && tail == .complete)
    }

    @Test("After a crash at any byte of the last record, everything before it is read, and recording goes on")
    func tornAnywhere() throws {
        try record(Array(batches.prefix(2)))
        let before = try contents.count
        var writer = try RecordingWriter(appendingTo: path)
        try writer.append(batches[2], publisher: 7, sentTime: UnixNanos(42))
        try writer.close()
        let whole = try contents
        let expected = try readItems().items
        try #require(expected.count == 9)
        // The records of the third batch end here.
        let ends = try recordEnds()
        #expect(ends[5] == before && ends[8] == whole.count)
        for count in before...whole.count {
            try write(whole.prefix(count))
            let complete = ends.filter { $0 <= count }.count
            let (items, tail) = try readItems()
            #expect(items == Array(expected.prefix(complete)))
            let left = count - (ends.last { $0 <= count } ?? 0)
            #expect(tail == (left == 0 ? .complete : .truncated(bytes: left)))

            try RecordingWriter.append(to: path)
            #expect(try contents.count == count - left)
            var writer = try RecordingWriter(appendingTo: path)
            // The process that comes after records the batch again, from its begin.
            try writer.append(batches[2], publisher: 8, sentTime: UnixNanos(42))
            try writer.append(batches[3], publisher: 8, sentTime: UnixNanos(42))
            try writer.close()
            let (read, end) = try read()
            #expect(read == batches && end == .complete, "cut at \(count)")
        }
    }

    /// The offset behind each record.
    private func recordEnds() throws -> [Int] {
        var reader = try RecordingReader(path: path)
        var ends: [Int] = []
        while try reader.next() != nil { ends.append(reader.offset) }
        return ends
    }

    @Test("One flipped bit anywhere is found, and everything before it is read")
    func flippedBit() throws {
        try record(Array(batches.prefix(2)))
        let whole = try contents
        let expected = try readItems().items
        let ends = try recordEnds()
        let begin = try RecordingReader(path: path).offset
        for index in 0..<whole.count {
            var damaged = whole
            damaged[index] ^= 1 << UInt8(index % 8)
            try write(damaged)
            guard index >= begin else {
                #expect(throws: BusError.self) { _ = try RecordingReader(path: path) }
                continue
            }
            let complete = ends.filter { $0 <= index }.count
            let start = complete == 0 ? begin : ends[complete - 1]
            let (items, tail) = try readItems()
            #expect(items == Array(expected.prefix(complete)))
            #expect(tail == .corrupt(offset: start))
            #expect(throws: BusError.corruptRecording(offset: start)) { try RecordingWriter.append(to: path) }
            #expect(try contents == damaged)
        }
    }

    @Test("Zeros that a file system left at the end are a torn tail")
    func zeros() throws {
        try record(Array(batches.prefix(3)))
        try write(try contents + Data(count: 100))
        #expect(try read().tail == .truncated(bytes: 100))
        var writer = try RecordingWriter(appendingTo: path)
        try writer.append(batches[3], publisher: 7, sentTime: UnixNanos(42))
        try writer.close()
        let (read, tail) = try read()
        #expect(read == batches && tail == .complete)
    }

    @Test("What the policy flushes is in the file before the writer closes, and what it does not is not")
    func flushing() throws {
        for (policy, atOnce) in [
            (RecordingWriter.FlushPolicy(), true), (.everyRecord, true),
            (RecordingWriter.FlushPolicy(bytes: 1 << 20, atWatermarks: false), false),
            (RecordingWriter.FlushPolicy(bytes: 100, atWatermarks: false, synchronizes: true), true),
        ] {
            try? FileManager.default.removeItem(atPath: path)
            var writer = try RecordingWriter(creating: path, information: "", policy: policy)
            try writer.append(batches[0], publisher: 7, sentTime: UnixNanos(42))
            #expect(try read().batches == (atOnce ? [batches[0]] : []))
            try writer.close()
            #expect(try read().batches == [batches[0]])
        }
    }

    @Test("A file has one writer, and is not replaced")
    func oneWriter() throws {
        let writer = try RecordingWriter(creating: path, information: "")
        #expect(throws: BusError.file(path: path, operation: "lock", code: EWOULDBLOCK)) {
            try RecordingWriter.append(to: path)
        }
        try writer.close()
        #expect(throws: BusError.file(path: path, operation: "open", code: EEXIST)) { try record([]) }
    }

    @Test("What is no recording, or one of another version, is refused")
    func foreign() throws {
        for data in [Data(), Data("TIDE".utf8), Data(repeating: 7, count: 100)] {
            try write(data)
            #expect(throws: BusError.recording(reason: "the file is not a recording")) {
                _ = try RecordingReader(path: path)
            }
        }
        var header = Data(RecordingFormat.header("x"))
        header[11] = 2
        try write(header)
        #expect(throws: BusError.recording(reason: "format version 2, this build reads 1")) {
            _ = try RecordingReader(path: path)
        }
    }

    @Test("A message that this build does not know is refused by itself, and the next is read")
    func unknownKind() throws {
        try record(Array(batches.prefix(1)))
        var bytes = [UInt8](try contents)
        var encoder = FrameEncoder(publisher: 7)
        let frames = try encoder.frames(of: batches[1].entries[0], sentTime: UnixNanos(42))
        var envelope = frames.envelope
        envelope.kind = 4711
        RecordingFormat.append(
            Frames(topic: frames.topic, envelope: envelope, payload: frames.payload), to: &bytes)
        RecordingFormat.append(try encoder.watermark(of: batches[2], sentTime: UnixNanos(42)), to: &bytes)
        try write(Data(bytes))
        var reader = try RecordingReader(path: path)
        #expect(try reader.nextBatch() == batches[0])
        #expect(throws: BusError.unknownKind(4711)) { try reader.nextBatch() }
        #expect(throws: BusError.incompleteBatch(number: 3, received: 0, expected: 2)) { try reader.nextBatch() }
        #expect(try reader.nextBatch() == nil)
        #expect(reader.tail == .complete)
    }

    @Test("The checksum is the one of the standards")
    func checksum() {
        // RFC 3720, appendix B.4.
        #expect(CRC32C.checksum(Array(repeating: UInt8(0), count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum(Array(repeating: UInt8(0xFF), count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(Array(UInt8(0)..<32)) == 0x46DD_794E)
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    }
}

extension RecordingWriter {
    /// Opens and closes, for tests that expect the opening to fail.
    static func append(to path: String) throws {
        let writer = try RecordingWriter(appendingTo: path)
        try writer.close()
    }
}

@Suite("Log batch assembler")
struct LogBatchAssemblerTests {
    private func items(_ batch: LogBatch, publisher: UInt64) throws -> [BusItem] {
        var encoder = FrameEncoder(publisher: publisher)
        var decoder = FrameDecoder()
        var items: [BusItem] = []
        for frames in try batch.entries.map({ try encoder.frames(of: $0, sentTime: UnixNanos(0)) })
            + [try encoder.watermark(of: batch, sentTime: UnixNanos(0))]
        { items.append(try decoder.item([frames.topic, frames.envelope.bytes, frames.payload])) }
        return items
    }

    @Test("A batch that begins again with a new run is given once and whole")
    func restart() throws {
        let batches = try (1...3).map { try Samples.batch($0) }
        var assembler = LogBatchAssembler()
        var given: [LogBatch] = []
        let received =
            try items(batches[0], publisher: 1) + items(batches[1], publisher: 1).prefix(1)
            + items(batches[0], publisher: 2) + items(batches[1], publisher: 2) + items(batches[2], publisher: 2)
        for item in received { if let batch = try assembler.take(item) { given.append(batch) } }
        #expect(given == batches)
    }

    @Test("A batch that lacks any one message is refused", arguments: 0..<3)
    func lacking(index: Int) throws {
        var assembler = LogBatchAssembler()
        var received = try items(Samples.batch(1, entries: 3), publisher: 1)
        received.remove(at: index)
        for item in received.dropLast() { #expect(try assembler.take(item) == nil) }
        #expect(throws: BusError.self) { try assembler.take(received[2]) }
        for item in try items(Samples.batch(2), publisher: 1).dropLast() { #expect(try assembler.take(item) == nil) }
    }
}

@Suite("Replay pace")
struct ReplayPaceTests {
    private func offsets(_ speed: ReplaySpeed, _ seconds: [Int64]) -> [Int64] {
        var pace = ReplayPace(speed)
        return seconds.map { pace.dueOffset(of: UnixNanos(seconds: $0)) }
    }

    @Test("Events are due as far apart as they happened, divided by the speed")
    func pace() {
        #expect(offsets(.times(1), [1000, 1060, 1180]) == [0, 60_000_000_000, 180_000_000_000])
        #expect(offsets(.times(60), [1000, 1060, 1180]) == [0, 1_000_000_000, 3_000_000_000])
        #expect(offsets(.maximum, [1000, 1060, 1180]) == [0, 0, 0])
    }

    @Test("An event older than one before it is due with that one, and none is due before the begin")
    func disorder() {
        #expect(offsets(.times(1), [1000, 1060, 1010, 900]) == [0, 60_000_000_000, 60_000_000_000, 60_000_000_000])
        #expect(offsets(.times(1e-12), [0, 1_000_000]) == [0, .max])
    }

    @Test("A speed is written as a factor or as max")
    func parsing() {
        #expect(ReplaySpeed("1x") == .times(1))
        #expect(ReplaySpeed("0.5x") == .times(0.5))
        #expect(ReplaySpeed("max") == .maximum)
        for text in ["", "x", "0x", "-1x", "infx", "nanx", "10", "fast"] { #expect(ReplaySpeed(text) == nil) }
    }
}
