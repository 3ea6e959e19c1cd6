/// How volatile the market is beside its own past: the share of the newest volatilities that are below the newest one, 0…1,
/// and a class by thirds of it: 0 low, 1 medium, 2 high.
///
/// Of equal ones half counts, so that a market that never moves has 0.5.
public struct VolatilityRegime: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let rank: Double

        public var regime: Double { rank < 1.0 / 3 ? 0 : rank <= 2.0 / 3 ? 1 : 2 }

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? rank : rank.isNaN ? .nan : regime }
    }

    private var volatility: RealisedVolatility
    private var past: RollingWindow

    /// - Parameters:
    ///   - length: Returns in a volatility.
    ///   - past: Volatilities that the newest is compared with, itself among them.
    public init(length: Int, past: Int) {
        volatility = RealisedVolatility(length: length, perYear: 1)
        self.past = RollingWindow(past)
    }

    public var warmUp: Int { volatility.warmUp + past.length - 1 }

    @inline(__always)
    public mutating func hold() {
        volatility.hold()
        past.hold()
    }

    @inline(__always)
    public mutating func update(_ close: Double) -> Lines {
        let newest = volatility.update(close).deviation
        guard !newest.isNaN else { return Lines(rank: .nan) }
        past.push(newest)
        return Lines(rank: past.isFull ? past.rank(of: newest) : .nan)
    }
}
