/// How much each input of a model counted, by a measure of its own, as shares that sum up to one.
public struct InputShares: Codable, Sendable, Hashable {
    /// An input and its share.
    public struct Share: Codable, Sendable, Hashable {
        public let name: String
        public let share: Double

        public init(name: String, share: Double) { (self.name, self.share) = (name, share) }
    }

    /// For example `gain`.
    public let measure: String
    public let shares: [Share]

    public init(measure: String, shares: [Share]) { (self.measure, self.shares) = (measure, shares) }

    /// The largest shares, largest first, equal ones by name.
    func largest(_ count: Int) -> InputShares {
        let sorted = shares.sorted { ($1.share, $0.name) < ($0.share, $1.name) }
        return InputShares(measure: measure, shares: Array(sorted.prefix(count)))
    }

    /// The means of what was found on parts of the samples, each with its weight; all parts have the same measures.
    static func means(of parts: [(shares: [InputShares], weight: Double)]) -> [InputShares] {
        let total = parts.reduce(0) { $0 + $1.weight }
        return (parts.first?.shares ?? []).enumerated().map { place, first in
            let shares = first.shares.enumerated().map { index, share in
                let sum = parts.reduce(0) { $0 + $1.shares[place].shares[index].share * $1.weight }
                return Share(name: share.name, share: sum / total)
            }
            return InputShares(measure: first.measure, shares: shares)
        }
    }
}
