public import Schema

/// Writes a recording; it only ever appends.
///
/// What is flushed survives a crash of the process, what is synchronized one of the machine. Whatever is cut off in the
/// middle of a record, everything before it can be read.
public struct RecordingWriter: ~Copyable {
    /// When buffered records go to the file.
    public struct FlushPolicy: Sendable, Hashable {
        /// After so many bytes.
        public var bytes: Int
        /// Also at each watermark and heartbeat.
        public var atWatermarks: Bool
        /// Whether a flush waits for the disk.
        public var synchronizes: Bool

        public init(bytes: Int = 1 << 20, atWatermarks: Bool = true, synchronizes: Bool = false) {
            (self.bytes, self.atWatermarks, self.synchronizes) = (bytes, atWatermarks, synchronizes)
        }

        /// After every record.
        public static let everyRecord = FlushPolicy(bytes: 0)
    }

    public let policy: FlushPolicy
    private let file: File
    private var encoder = FrameEncoder(publisher: 0)
    private var buffer: [UInt8] = []
    /// Bytes in the file.
    private var end: Int

    /// Begins a recording in a new file.
    ///
    /// `information` is about the recording, for whoever reads it: what, when, by which build; at most 1 MiB.
    ///
    /// - Throws: ``BusError/file(path:operation:code:)`` also when the file exists.
    public init(creating path: String, information: String, policy: FlushPolicy = FlushPolicy()) throws(BusError) {
        let file = try File(path, .create(isSecret: false))
        try file.lock()
        let header = RecordingFormat.header(information)
        try file.write(header, at: 0)
        self.policy = policy
        self.file = file
        end = header.count
    }

    /// Goes on with a recording, after its last whole record; a torn one is taken away.
    ///
    /// - Throws: ``BusError/corruptRecording(offset:)`` for one that is damaged, since cutting it there might lose what
    ///   follows; ``BusError/file(path:operation:code:)`` also when somebody else writes it.
    public init(appendingTo path: String, policy: FlushPolicy = FlushPolicy()) throws(BusError) {
        let file = try File(path, .readAndWrite)
        try file.lock()
        var reader = try RecordingReader(path: path)
        if case .corrupt(let offset) = try reader.skipToEnd() { throw .corruptRecording(offset: offset) }
        try file.truncate(to: reader.offset)
        self.policy = policy
        self.file = file
        end = reader.offset
    }

    /// Records what was received, as it was received.
    public mutating func append(_ item: BusItem) throws(BusError) {
        let envelope = item.envelope
        encoder.publisher = envelope.publisher
        switch item {
        case .entry(let entry, _):
            try append(encoder.frames(of: entry, sentTime: envelope.sentTime), endsBatch: false)
        case .watermark(let watermark, let number, let envelope):
            let frames = try encoder.watermark(
                watermark, number: number, entries: envelope.ordinal, sentTime: envelope.sentTime)
            try append(frames, endsBatch: true)
        case .heartbeat(let head, let envelope):
            try append(
                encoder.heartbeat(head: head, number: envelope.sequence, sentTime: envelope.sentTime), endsBatch: true)
        }
    }

    /// Records a batch, as a publisher of this run would send it.
    public mutating func append(_ batch: LogBatch, publisher: UInt64, sentTime: UnixNanos) throws(BusError) {
        encoder.publisher = publisher
        for entry in batch.entries { try append(encoder.frames(of: entry, sentTime: sentTime), endsBatch: false) }
        try append(encoder.watermark(of: batch, sentTime: sentTime), endsBatch: true)
    }

    private mutating func append(_ frames: Frames, endsBatch: Bool) throws(BusError) {
        RecordingFormat.append(frames, to: &buffer)
        if buffer.count >= policy.bytes || (endsBatch && policy.atWatermarks) { try flush() }
    }

    /// Hands everything to the operating system, and to the disk if the policy says so.
    public mutating func flush() throws(BusError) {
        guard !buffer.isEmpty else { return }
        // After an error the file's end is unknown but `end` is not: a second flush writes the same bytes again.
        try file.write(buffer, at: end)
        end += buffer.count
        buffer.removeAll(keepingCapacity: true)
        if policy.synchronizes { try file.synchronize() }
    }

    /// Flushes and closes.
    ///
    /// A writer that is let go without it loses what is buffered, as in a crash.
    public consuming func close() throws(BusError) { try flush() }
}
