public import Schema

/// How a recording ends.
public enum RecordingTail: Sendable, Equatable {
    case complete
    /// The writer stopped in the middle of a record, of which these bytes are left.
    case truncated(bytes: Int)
    /// What stands at this offset, in bytes, is damaged; what follows cannot be read.
    case corrupt(offset: Int)
}

/// Reads a recording from its begin to its end, or to the first damage.
public struct RecordingReader: ~Copyable {
    /// What the writer said about the recording when it began.
    public let information: String
    /// Where reading ended; `nil` before it has.
    public private(set) var tail: RecordingTail?
    /// The offset in bytes behind the last whole record read.
    public private(set) var offset: Int

    private let file: File
    private var decoder = FrameDecoder()
    private var assembler = LogBatchAssembler()
    /// A part of the file, and where it begins.
    private var buffer: [UInt8] = []
    private var bufferStart = 0
    private static let bufferCount = 1 << 20

    /// Opens a recording.
    ///
    /// - Throws: ``BusError/recording(reason:)`` for a file that is none or has a foreign version,
    ///   ``BusError/corruptRecording(offset:)`` for a damaged header.
    public init(path: String) throws(BusError) {
        let file = try File(path, .read)
        (information, offset) = try RecordingFormat.readHeader(of: file)
        self.file = file
    }

    /// The next thing recorded; `nil` at the end, and then ``tail`` says why.
    ///
    /// - Throws: What this build cannot read, such as ``BusError/unknownKind(_:)``; the next call goes on behind it.
    public mutating func next() throws(BusError) -> BusItem? {
        guard let body = try nextBody() else { return nil }
        guard let frames = RecordingFormat.frames(ofBody: body) else { throw .malformed(.frameCount(0)) }
        return try decoder.item(frames)
    }

    /// The next whole batch; `nil` at the end.
    ///
    /// Entries behind the last watermark are not given.
    ///
    /// - Throws: Like ``next()``, and ``BusError/incompleteBatch(number:received:expected:)`` for a batch that was not
    ///   recorded whole; the next call goes on behind it.
    public mutating func nextBatch() throws(BusError) -> LogBatch? {
        while let item = try next() {
            if let batch = try assembler.take(item) { return batch }
        }
        return nil
    }

    /// Reads on to the end without decoding.
    mutating func skipToEnd() throws(BusError) -> RecordingTail {
        while try nextBody() != nil {}
        // `nextBody` gives nil only after it has set the tail.
        return tail!
    }

    private mutating func nextBody() throws(BusError) -> ArraySlice<UInt8>? {
        guard tail == nil else { return nil }
        let head = try bytes(at: offset, count: RecordingFormat.recordHeadCount)
        guard head.count == RecordingFormat.recordHeadCount else {
            tail = head.isEmpty ? .complete : .truncated(bytes: head.count)
            return nil
        }
        guard CRC32C.checksum(head.prefix(8)) == UInt32(bigEndian: head, at: 8) else {
            tail = try isZero(from: offset) ? .truncated(bytes: file.count - offset) : .corrupt(offset: offset)
            return nil
        }
        let count = Int(UInt32(bigEndian: head, at: 0))
        let checksum = UInt32(bigEndian: head, at: 4)
        let body = try bytes(at: offset + head.count, count: count)
        guard body.count == count else {
            tail = .truncated(bytes: RecordingFormat.recordHeadCount + body.count)
            return nil
        }
        guard CRC32C.checksum(body) == checksum else {
            tail = .corrupt(offset: offset)
            return nil
        }
        offset += RecordingFormat.recordHeadCount + count
        return body
    }

    /// Up to `count` bytes at `start`; fewer at the end of the file.
    private mutating func bytes(at start: Int, count: Int) throws(BusError) -> ArraySlice<UInt8> {
        if start < bufferStart || start + count > bufferStart + buffer.count {
            // A length is bounded by the file, so that a strange one does not ask for strange amounts of memory.
            let wanted = min(max(count, Self.bufferCount), max(0, try file.count - start))
            buffer = try file.read(at: start, count: wanted)
            bufferStart = start
        }
        let from = start - bufferStart
        return buffer[from..<min(buffer.count, from + count)]
    }

    /// Whether nothing but zeros follows: a file system that lost its writer may leave them.
    private func isZero(from start: Int) throws(BusError) -> Bool {
        var start = start
        while true {
            let bytes = try file.read(at: start, count: Self.bufferCount)
            guard bytes.allSatisfy({ $0 == 0 }) else { return false }
            guard bytes.count == Self.bufferCount else { return true }
            start += bytes.count
        }
    }
}
