/// One message of a publisher's log, numbered.
public struct LogEntry: Codable, Sendable, Hashable {
    public let event: Event
    /// Counts from 1 within the topic, over all runs of the publisher.
    public let sequence: UInt64
    /// Counts the messages of the batch from 0, over all topics.
    public let ordinal: UInt32

    public init(event: Event, sequence: UInt64, ordinal: UInt32) {
        self.event = event
        self.sequence = sequence
        self.ordinal = ordinal
    }
}

/// What a publisher sends between two watermarks, and the watermark that ends it: the unit in which a log is processed,
/// kept and recovered.
public struct LogBatch: Codable, Sendable, Hashable {
    /// In order; their ordinals count from 0.
    public let entries: [LogEntry]
    /// With its ``Watermark/tails`` filled in.
    public let watermark: Watermark
    /// Counts the publisher's batches from 1; it is the watermark topic's sequence number.
    public let number: UInt64

    public init(entries: [LogEntry], watermark: Watermark, number: UInt64) {
        self.entries = entries
        self.watermark = watermark
        self.number = number
    }
}

/// What a consumer tells a publisher on its recovery socket.
public enum RecoveryRequest: Codable, Sendable, Hashable {
    /// Send the batches that follow the watermark at `after`, at most `limit` of them.
    case batches(consumer: String, after: FeedPosition, limit: Int)
    /// Everything up to `upTo` has been taken; the publisher may forget it.
    case acknowledge(consumer: String, upTo: FeedPosition)
}

/// A publisher's answer to ``RecoveryRequest/batches(consumer:after:limit:)``.
public struct RecoveryPage: Codable, Sendable, Hashable {
    /// Contiguous; the first follows the position asked for.
    ///
    /// Empty when there is nothing newer.
    public let batches: [LogBatch]
    /// The publisher's last watermark.
    public let head: FeedPosition

    public init(batches: [LogBatch], head: FeedPosition) {
        self.batches = batches
        self.head = head
    }
}
