internal import Glibc
internal import Schema

/// Reads what ``FrameEncoder`` makes.
///
/// Any bytes are allowed: they give an item or an error, never a crash.
struct FrameDecoder {
    private var topics = TopicBytes()
    private let heartbeatTopic = Array(Frames.heartbeatTopic.utf8)

    mutating func item(
        topic: UnsafeRawBufferPointer, envelope: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer
    ) throws(BusError) -> BusItem {
        guard let head = Envelope(bytes: envelope) else {
            throw .malformed(.envelope(byteCount: envelope.count))
        }
        if head.kind == Envelope.heartbeatKind {
            guard head.version == Frames.heartbeatVersion else {
                throw .schemaVersion(
                    kind: head.kind, received: head.version, understood: Frames.heartbeatVersion)
            }
            guard payload.isEmpty else { throw .malformed(.mismatch("a heartbeat has no payload")) }
            guard Self.same(topic, heartbeatTopic) else { throw .malformed(.topic) }
            return .heartbeat(head: head.position, head)
        }
        let item = try item(head, payload: payload)
        let stated =
            switch item {
            case .entry(let entry, _): entry.event.message.topic
            case .watermark, .heartbeat: Topic(.watermark)
            }
        guard Self.same(topic, topics[stated]) else { throw .malformed(.topic) }
        return item
    }

    /// Reads a message whose topic is not sent along, as in a recovery page.
    func item(_ envelope: Envelope, payload: UnsafeRawBufferPointer) throws(BusError) -> BusItem {
        let message: Message
        do {
            message = try Message(kind: envelope.kind, version: envelope.version, payload: payload)
        } catch .kind(let number) {
            throw .unknownKind(number)
        } catch .version(_, let received, let understood) {
            throw .schemaVersion(kind: envelope.kind, received: received, understood: understood)
        } catch {
            throw .payload(error)
        }
        guard case .watermark(let watermark) = message else {
            let event = Event(position: envelope.position, trace: envelope.trace, message)
            return .entry(LogEntry(event: event, sequence: envelope.sequence, ordinal: envelope.ordinal), envelope)
        }
        guard watermark.position == envelope.position else {
            throw .malformed(.mismatch("a watermark's position stands in both places"))
        }
        return .watermark(watermark, number: envelope.sequence, envelope)
    }

    private static func same(_ frame: UnsafeRawBufferPointer, _ bytes: [UInt8]) -> Bool {
        guard frame.count == bytes.count, let base = frame.baseAddress else { return frame.isEmpty && bytes.isEmpty }
        return memcmp(base, bytes, bytes.count) == 0
    }
}

extension FrameDecoder {
    /// Reads a message of any number of frames.
    mutating func item(_ frames: [[UInt8]]) throws(BusError) -> BusItem {
        guard frames.count == 3 else { throw .malformed(.frameCount(frames.count)) }
        let result = frames[0].withUnsafeBytes { topic in
            frames[1].withUnsafeBytes { envelope in
                frames[2].withUnsafeBytes { payload in
                    Result<BusItem, BusError> { () throws(BusError) in
                        try item(topic: topic, envelope: envelope, payload: payload)
                    }
                }
            }
        }
        return try result.get()
    }
}
