/// The last so many identifiers that were seen, to recognise one that comes again.
///
/// Bounded, since a set of all orders ever would grow for ever and travel in every snapshot; what comes again comes soon,
/// from a resend after a restart.
struct RecentIdentifiers: Sendable {
    private let capacity: Int
    /// A ring once it is full; `oldest` is the next to be overwritten.
    private var ring: [String] = []
    private var oldest = 0
    private var known: Set<String> = []

    init(capacity: Int) { self.capacity = capacity }

    /// Oldest first.
    private var inOrder: [String] { Array(ring[oldest...] + ring[..<oldest]) }

    /// Remembers an identifier.
    ///
    /// - Returns: Whether it is new.
    mutating func insert(_ identifier: String) -> Bool {
        guard known.insert(identifier).inserted else { return false }
        if ring.count < capacity {
            ring.append(identifier)
        } else {
            known.remove(ring[oldest])
            ring[oldest] = identifier
            oldest = (oldest + 1) % capacity
        }
        return true
    }
}

extension RecentIdentifiers: Equatable {
    /// Whether both remember the same in the same order, wherever their rings begin.
    static func == (lhs: Self, rhs: Self) -> Bool { lhs.capacity == rhs.capacity && lhs.inOrder == rhs.inOrder }
}

extension RecentIdentifiers: Codable {
    private enum CodingKeys: String, CodingKey { case capacity, identifiers }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(capacity: max(1, try container.decode(Int.self, forKey: .capacity)))
        for identifier in try container.decode([String].self, forKey: .identifiers) { _ = insert(identifier) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(capacity, forKey: .capacity)
        try container.encode(inOrder, forKey: .identifiers)
    }
}
