#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How many instruments rise and fall together, and with how much turnover.
///
/// After the New York Stock Exchange's TICK, and R. Arms's index (TRIN), Barron's, 1967, with turnover in quote currency,
/// since coins are no common measure.
public struct Breadth: BasketIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Rising less falling instruments, as a fraction of all: −1…1.
        public let tick: Double
        /// Logarithm of rising over falling instruments, less that of their turnovers: above 0 where the falling ones are
        /// traded more heavily; 0 while a side is empty.
        public let trin: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? tick : trin }
    }

    fileprivate struct Side {
        var instruments = 0.0
        var turnover = 0.0
    }

    private var closes = BasketStates<Double>()

    public init() {}

    public var warmUp: Int { 2 }

    public mutating func update(_ members: [BasketMember]) -> [Lines] {
        var (rising, falling, known) = (Side(), Side(), 0.0)
        let isKnown = members.map { member in
            let close = member.bar.close
            // No close is below zero, so that a new instrument's first one has none before it.
            let previous = closes[member.instrument, -1]
            closes[member.instrument, -1] = close
            guard previous > 0 else { return false }
            known += 1
            if close > previous { rising.add(member.bar) } else if close < previous { falling.add(member.bar) }
            return true
        }
        let tick = known > 0 ? (rising.instruments - falling.instruments) / known : 0
        let isOneSided = rising.turnover <= 0 || falling.turnover <= 0
        let trin =
            isOneSided ? 0 : log(rising.instruments / falling.instruments) - log(rising.turnover / falling.turnover)
        return isKnown.map { $0 ? Lines(tick: tick, trin: trin) : Lines(tick: .nan, trin: .nan) }
    }
}

extension Breadth.Side {
    mutating func add(_ bar: Bar) {
        instruments += 1
        turnover += bar.typicalPrice * bar.volume
    }
}
