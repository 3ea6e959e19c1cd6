/// A place in the feed.
///
/// The ingestor numbers every event that it emits, once, from 1 on, and stores it before it publishes. Every message
/// downstream carries the position that caused it. Position 0 is before the first event.
public struct FeedPosition: Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Before the first event.
    public static let start = FeedPosition(0)

    public var next: FeedPosition { FeedPosition(rawValue + 1) }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { String(rawValue) }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(UInt64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
