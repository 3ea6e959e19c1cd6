/// One part of a service whose work is divided by instrument.
///
/// Which instrument belongs to which shard follows from its name alone, so every process agrees, and an instrument added
/// to the market moves no other.
public struct Shard: Sendable, Hashable, Codable {
    /// Counts from 0.
    public let index: Int
    /// Of how many.
    public let count: Int

    /// The most shards of one service.
    public static let mostShards = 64
    /// All of an undivided service.
    public static let whole = Shard(0, of: 1)

    /// `index` is below `count`, and `count` at most ``mostShards``.
    public init(_ index: Int, of count: Int) {
        precondition((1...Self.mostShards).contains(count) && (0..<count).contains(index), "shard \(index) of \(count)")
        self.index = index
        self.count = count
    }

    /// Whether the instrument's messages are this shard's to work on.
    public func owns(_ instrument: Instrument) -> Bool {
        count == 1 || Int(instrument.spread % UInt64(count)) == index
    }

    /// Whether an event is this shard's to work on; what is about no one instrument is everybody's.
    public func owns(_ event: Event) -> Bool { event.message.topic.instrument.map { owns($0) } ?? true }

    // MARK: Names

    /// The name of the node that does this part of a service: `feature-builder`, or `feature-builder.1of2` for the first of
    /// two.
    public func node(of service: String) -> String { count == 1 ? service : "\(service).\(label)" }

    /// `1of2` for the first of two; empty for the whole.
    public var label: String { count == 1 ? "" : "\(index + 1)of\(count)" }

    /// Reads a ``label``; `nil` for any other text.
    public init?(label: some StringProtocol) {
        guard !label.isEmpty else {
            self = .whole
            return
        }
        let sides = label.split(separator: "of", omittingEmptySubsequences: false)
        guard sides.count == 2, let number = Int(sides[0]), let count = Int(sides[1]),
            (2...Self.mostShards).contains(count), (1...count).contains(number)
        else { return nil }
        self.init(number - 1, of: count)
    }

    // MARK: Runs

    /// A publisher's run with the shard in its low bytes, by which consumers tell the shards of one service apart.
    public func run(drawn: UInt64) -> UInt64 { drawn &<< 16 | UInt64(count) << 8 | UInt64(index) }

    /// The shard that published under `run`; `nil` for what no ``run(drawn:)`` gave.
    public init?(run: UInt64) {
        let (index, count) = (Int(run & 0xFF), Int(run >> 8 & 0xFF))
        guard (1...Self.mostShards).contains(count), index < count else { return nil }
        self.init(index, of: count)
    }
}
