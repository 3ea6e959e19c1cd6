internal import Schema

/// The wire form of recovery requests and pages: one frame each, numbers big-endian.
///
/// Request:
///
///     0  magic    UInt16 "TQ"   4  what   UInt8 (1 batches, 2 acknowledge)   6    consumer  UTF-8
///     2  version  UInt16 1      5  length UInt8 of the consumer's name       …    position  UInt64, limit UInt32
///
/// and, where one shard of several is asked, its number and theirs, UInt8 each.
///
/// Page:
///
///     0  magic    UInt16 "TP"   4  publisher UInt64    20 batches UInt32
///     2  version  UInt16 1      12 head      UInt64    24 the batches
///
/// Batch: the number of messages as UInt32; then for each, the watermark last, envelope (56 bytes), length UInt32, payload.
struct RecoveryCoder {
    /// A page that would be longer is cut after a batch; one batch is always sent.
    static let pageBytes = 8 << 20
    static let longestConsumer = 128
    private static let requestMagic: UInt16 = 0x5451
    private static let pageMagic: UInt16 = 0x5450
    private static let version: UInt16 = 1

    // MARK: Requests

    static func bytes(of request: RecoveryRequest, to shard: Shard = .whole) -> [UInt8] {
        let (what, consumer, position, limit): (UInt8, String, FeedPosition, Int)
        switch request {
        case .batches(let name, let after, let most): (what, consumer, position, limit) = (1, name, after, most)
        case .acknowledge(let name, let upTo): (what, consumer, position, limit) = (2, name, upTo, 0)
        }
        precondition(consumer.utf8.count <= longestConsumer, "a consumer's name has at most \(longestConsumer) bytes")
        var bytes: [UInt8] = []
        bytes.append(integer: requestMagic)
        bytes.append(integer: version)
        bytes.append(what)
        bytes.append(UInt8(consumer.utf8.count))
        bytes.append(contentsOf: consumer.utf8)
        bytes.append(integer: position.rawValue)
        bytes.append(integer: UInt32(clamping: limit))
        if shard != .whole { bytes += [UInt8(shard.index), UInt8(shard.count)] }
        return bytes
    }

    static func request(_ bytes: UnsafeRawBufferPointer) throws(BusError) -> (RecoveryRequest, of: Shard) {
        var reader = ByteReader(bytes)
        try open(&reader, requestMagic)
        let what = try reader.integer(UInt8.self)
        let length = Int(try reader.integer(UInt8.self))
        guard length <= longestConsumer, let consumer = String(validating: try reader.take(length), as: UTF8.self)
        else { throw .malformed(.recovery("consumer's name")) }
        let position = FeedPosition(try reader.integer(UInt64.self))
        let limit = Int(try reader.integer(UInt32.self))
        let shard = try shard(&reader)
        guard reader.remaining == 0 else { throw .malformed(.recovery("goes on too long")) }
        switch what {
        case 1: return (.batches(consumer: consumer, after: position, limit: limit), shard)
        case 2: return (.acknowledge(consumer: consumer, upTo: position), shard)
        default: throw .malformed(.recovery("neither batches nor acknowledge"))
        }
    }

    private static func shard(_ reader: inout ByteReader) throws(BusError) -> Shard {
        guard reader.remaining > 0 else { return .whole }
        let (index, count) = (Int(try reader.integer(UInt8.self)), Int(try reader.integer(UInt8.self)))
        guard (2...Shard.mostShards).contains(count), index < count else { throw .malformed(.recovery("shard")) }
        return Shard(index, of: count)
    }

    // MARK: Pages

    /// Writes as many of the page's batches as fit into `limit` bytes, at least one.
    static func write(
        _ page: RecoveryPage, sentTime: UnixNanos, limit: Int = pageBytes, using encoder: inout FrameEncoder,
        to bytes: inout [UInt8]
    ) throws(BusError) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(integer: pageMagic)
        bytes.append(integer: version)
        bytes.append(integer: encoder.publisher)
        bytes.append(integer: page.head.rawValue)
        let countOffset = bytes.count
        bytes.append(integer: UInt32(0))
        var count: UInt32 = 0
        for batch in page.batches {
            let start = bytes.count
            bytes.append(integer: UInt32(batch.entries.count + 1))
            for entry in batch.entries {
                append(try encoder.frames(of: entry, sentTime: sentTime), to: &bytes)
            }
            append(try encoder.watermark(of: batch, sentTime: sentTime), to: &bytes)
            if bytes.count > limit, count > 0 {
                bytes.removeLast(bytes.count - start)
                break
            }
            count += 1
        }
        bytes.replace(at: countOffset, with: count)
    }

    private static func append(_ frames: Frames, to bytes: inout [UInt8]) {
        bytes.append(frames.envelope)
        bytes.append(integer: UInt32(frames.payload.count))
        bytes.append(contentsOf: frames.payload)
    }

    static func page(_ bytes: UnsafeRawBufferPointer, using decoder: FrameDecoder) throws(BusError) -> ReceivedPage {
        var reader = ByteReader(bytes)
        try open(&reader, pageMagic)
        let publisher = try reader.integer(UInt64.self)
        let head = FeedPosition(try reader.integer(UInt64.self))
        let count = try reader.integer(UInt32.self)
        var batches: [LogBatch] = []
        for _ in 0..<count { batches.append(try batch(&reader, using: decoder)) }
        guard reader.remaining == 0 else { throw .malformed(.recovery("goes on too long")) }
        return ReceivedPage(page: RecoveryPage(batches: batches, head: head), publisher: publisher)
    }

    private static func batch(_ reader: inout ByteReader, using decoder: FrameDecoder) throws(BusError) -> LogBatch {
        let messages = Int(try reader.integer(UInt32.self))
        // What a message needs at the least bounds the number before memory is asked for.
        guard messages > 0, messages <= reader.remaining / (Envelope.byteCount + 4) else {
            throw .malformed(.recovery("number of messages"))
        }
        var entries: [LogEntry] = []
        entries.reserveCapacity(messages - 1)
        for index in 0..<messages {
            let envelope = try reader.envelope()
            let length = Int(try reader.integer(UInt32.self))
            switch try decoder.item(envelope, payload: try reader.take(length)) {
            case .entry(let entry, _) where index < messages - 1 && entry.ordinal == index:
                entries.append(entry)
            case .watermark(let watermark, let number, _) where index == messages - 1:
                return LogBatch(entries: entries, watermark: watermark, number: number)
            default:
                throw .malformed(.recovery("a batch is entries in order and then a watermark"))
            }
        }
        throw .malformed(.recovery("a batch ends with a watermark"))
    }

    private static func open(_ reader: inout ByteReader, _ magic: UInt16) throws(BusError) {
        guard try reader.integer(UInt16.self) == magic else { throw .malformed(.recovery("magic")) }
        let version = try reader.integer(UInt16.self)
        guard version == Self.version else { throw .malformed(.recovery("version \(version)")) }
    }
}
