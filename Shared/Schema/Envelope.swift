/// What the bus adds to every message: who sent it, in which order, and how to read it.
///
/// On the wire: the second of three frames (topic, envelope, payload), 56 bytes, big-endian:
///
///     0  version   UInt16    16 sequence   UInt64    40 event time UInt64 (Int64 bits)
///     2  kind      UInt16    24 position   UInt64    48 sent time  UInt64 (Int64 bits)
///     4  ordinal   UInt32    32 trace      UInt64
///     8  publisher UInt64
public struct Envelope: Sendable, Hashable {
    public static let byteCount = 56

    /// The payload's schema version.
    public var version: UInt16
    /// The payload's ``Message/Kind`` by number; ``heartbeatKind`` for a heartbeat, which has no payload.
    public var kind: UInt16
    /// Counts the messages of a batch from 0, over all topics.
    public var ordinal: UInt32
    /// One run of one publisher, drawn at random when it starts.
    public var publisher: UInt64
    /// Counts from 1 within one publisher's topic, over all its runs.
    public var sequence: UInt64
    /// The feed event that caused the message; in a heartbeat, the publisher's last watermark.
    public var position: FeedPosition
    /// The feed event that began the chain.
    public var trace: FeedPosition
    public var eventTime: UnixNanos
    /// When it was handed to the socket, by the sender's clock.
    ///
    /// Never part of a stored result.
    public var sentTime: UnixNanos

    /// The kind of a message without payload that says how far the publisher is.
    public static let heartbeatKind: UInt16 = 0xFFFF

    public init(
        version: UInt16, kind: UInt16, ordinal: UInt32, publisher: UInt64, sequence: UInt64, position: FeedPosition,
        trace: FeedPosition, eventTime: UnixNanos, sentTime: UnixNanos
    ) {
        self.version = version
        self.kind = kind
        self.ordinal = ordinal
        self.publisher = publisher
        self.sequence = sequence
        self.position = position
        self.trace = trace
        self.eventTime = eventTime
        self.sentTime = sentTime
    }

    /// Reads 56 bytes; `nil` for any other number of bytes.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
            T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        version = load(0, as: UInt16.self)
        kind = load(2, as: UInt16.self)
        ordinal = load(4, as: UInt32.self)
        publisher = load(8, as: UInt64.self)
        sequence = load(16, as: UInt64.self)
        position = FeedPosition(load(24, as: UInt64.self))
        trace = FeedPosition(load(32, as: UInt64.self))
        eventTime = UnixNanos(load(40, as: Int64.self))
        sentTime = UnixNanos(load(48, as: Int64.self))
    }

    /// Reads 56 bytes; `nil` for any other number of bytes.
    public init?(bytes: [UInt8]) {
        guard let envelope = bytes.withUnsafeBytes({ Envelope(bytes: $0) }) else { return nil }
        self = envelope
    }

    /// Writes the 56 bytes to the start of `buffer`, which must have room for them.
    public func write(to buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= Self.byteCount, "room for an envelope")
        buffer.storeBytes(of: version.bigEndian, toByteOffset: 0, as: UInt16.self)
        buffer.storeBytes(of: kind.bigEndian, toByteOffset: 2, as: UInt16.self)
        buffer.storeBytes(of: ordinal.bigEndian, toByteOffset: 4, as: UInt32.self)
        buffer.storeBytes(of: publisher.bigEndian, toByteOffset: 8, as: UInt64.self)
        buffer.storeBytes(of: sequence.bigEndian, toByteOffset: 16, as: UInt64.self)
        buffer.storeBytes(of: position.rawValue.bigEndian, toByteOffset: 24, as: UInt64.self)
        buffer.storeBytes(of: trace.rawValue.bigEndian, toByteOffset: 32, as: UInt64.self)
        buffer.storeBytes(of: eventTime.rawValue.bigEndian, toByteOffset: 40, as: Int64.self)
        buffer.storeBytes(of: sentTime.rawValue.bigEndian, toByteOffset: 48, as: Int64.self)
    }

    /// The 56 bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            write(to: UnsafeMutableRawBufferPointer(buffer))
            count = Self.byteCount
        }
    }
}
