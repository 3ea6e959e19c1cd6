public import Schema

/// What a publisher sends.
public enum BusItem: Sendable, Hashable {
    case entry(LogEntry, Envelope)
    /// The end of a batch. `number` counts the publisher's batches; the envelope's ordinal counts the batch's entries.
    case watermark(Watermark, number: UInt64, Envelope)
    /// The publisher lives, and `head` is its last watermark.
    case heartbeat(head: FeedPosition, Envelope)

    public var envelope: Envelope {
        switch self {
        case .entry(_, let envelope), .watermark(_, _, let envelope), .heartbeat(_, let envelope): envelope
        }
    }
}

/// A publisher's answer, and the run of the publisher that gave it.
public struct ReceivedPage: Sendable, Hashable {
    public let page: RecoveryPage
    public let publisher: UInt64
}

/// What was received and not yet processed, in order; kept and filled again, so that its memory is used again.
public struct Inbox: Sendable {
    public var items: [BusItem] = []
    public var pages: [ReceivedPage] = []
    /// What could not be read; to be counted and stored.
    public var refused: [BusError] = []

    public init() {}

    public var isEmpty: Bool { items.isEmpty && pages.isEmpty && refused.isEmpty }

    public mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        pages.removeAll(keepingCapacity: true)
        refused.removeAll(keepingCapacity: true)
    }
}
