public import Schema

/// One message as it travels: topic, envelope, payload.
public struct Frames: Sendable, Hashable {
    /// The bytes of ``Schema/Topic/description``, or of ``heartbeatTopic``.
    public let topic: [UInt8]
    public let envelope: Envelope
    /// The message by ``Schema/Message/payload()``; empty in a heartbeat.
    public let payload: [UInt8]

    /// The first frame of a heartbeat.
    public static let heartbeatTopic = "heartbeat/"
    /// The version of a heartbeat's layout.
    public static let heartbeatVersion: UInt16 = 1
}

/// Makes frames of what a publisher sends.
struct FrameEncoder {
    /// The publisher's run.
    var publisher: UInt64
    private var topics = TopicBytes()
    private let heartbeatTopic = Array(Frames.heartbeatTopic.utf8)

    init(publisher: UInt64) { self.publisher = publisher }

    mutating func frames(of entry: LogEntry, sentTime: UnixNanos) throws(BusError) -> Frames {
        let message = entry.event.message
        return Frames(
            topic: topics[message.topic],
            envelope: Envelope(
                version: message.kind.schemaVersion, kind: message.kind.rawValue, ordinal: entry.ordinal,
                publisher: publisher, sequence: entry.sequence, position: entry.event.position,
                trace: entry.event.trace, eventTime: message.eventTime ?? UnixNanos(0), sentTime: sentTime),
            payload: try Self.payload(of: message))
    }

    /// The watermark that ends a batch.
    mutating func watermark(of batch: LogBatch, sentTime: UnixNanos) throws(BusError) -> Frames {
        try watermark(
            batch.watermark, number: batch.number, entries: UInt32(batch.entries.count), sentTime: sentTime)
    }

    /// The watermark that ends batch `number`, which has so many entries before it.
    mutating func watermark(
        _ watermark: Watermark, number: UInt64, entries: UInt32, sentTime: UnixNanos
    ) throws(BusError) -> Frames {
        let kind = Message.Kind.watermark
        return Frames(
            topic: topics[Topic(.watermark)],
            envelope: Envelope(
                version: kind.schemaVersion, kind: kind.rawValue, ordinal: entries, publisher: publisher,
                sequence: number, position: watermark.position, trace: watermark.position,
                eventTime: watermark.time, sentTime: sentTime),
            payload: try Self.payload(of: .watermark(watermark)))
    }

    /// A heartbeat; `number` is that of the last batch.
    func heartbeat(head: FeedPosition, number: UInt64, sentTime: UnixNanos) -> Frames {
        Frames(
            topic: heartbeatTopic,
            envelope: Envelope(
                version: Frames.heartbeatVersion, kind: Envelope.heartbeatKind, ordinal: 0, publisher: publisher,
                sequence: number, position: head, trace: head, eventTime: UnixNanos(0), sentTime: sentTime),
            payload: [])
    }

    private static func payload(of message: Message) throws(BusError) -> [UInt8] {
        do { return try message.payload() } catch { throw .payload(error) }
    }
}

extension ZMQSocket {
    /// Sends the three frames of a message.
    func send(_ frames: Frames) throws(BusError) {
        try send(frames.topic, more: true)
        var envelope = Self.emptyEnvelope
        let sent = withUnsafeMutableBytes(of: &envelope) { buffer in
            frames.envelope.write(to: buffer)
            return Result<Bool, BusError> { () throws(BusError) in
                try send(UnsafeRawBufferPointer(buffer), more: true)
            }
        }
        _ = try sent.get()
        try send(frames.payload, more: false)
    }

    /// Room for the 56 bytes of an envelope on the stack.
    private static var emptyEnvelope: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) {
        (0, 0, 0, 0, 0, 0, 0)
    }
}
