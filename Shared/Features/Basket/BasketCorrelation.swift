#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Correlation of an instrument's log returns with the mean of the others', over the newest bars: −1…1.
///
/// Without others, or while one of the two does not move, it is 0. A bar whose instrument had none at the moment before
/// counts with its return since its own last one.
public struct BasketCorrelation: BasketIndicator {
    fileprivate struct Member: Codable, Sendable, Equatable {
        var previous: Double?
        var pairs: RollingCovariance
    }

    private let length: Int
    private var states = BasketStates<Member>()

    public init(length: Int) {
        precondition(length > 1, "a correlation needs two returns")
        self.length = length
    }

    public var warmUp: Int { length + 1 }

    public mutating func update(_ members: [BasketMember]) -> [Double] {
        let returns: [Double?] = members.map { member in
            states[member.instrument, Member(pairs: RollingCovariance(length))].move(to: log(member.bar.close))
        }
        let sum = returns.reduce(0) { $0 + ($1 ?? 0) }
        let count = returns.count { $0 != nil }
        return zip(members, returns).map { member, own in
            guard let own else { return .nan }
            let others = count > 1 ? (sum - own) / Double(count - 1) : 0
            return states[member.instrument, Member(pairs: RollingCovariance(length))].correlation(adding: own, others)
        }
    }
}

extension BasketCorrelation.Member {
    /// The log return since the last one; `nil` for the first.
    mutating func move(to logarithm: Double) -> Double? {
        defer { previous = logarithm }
        return previous.map { logarithm - $0 }
    }

    mutating func correlation(adding own: Double, _ others: Double) -> Double {
        pairs.push(own, others)
        return pairs.isFull ? pairs.correlation : .nan
    }
}
