public import Market
internal import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Positions closed by force over the newest bars: which side, how bunched, and how likely more of them are.
///
/// `NaN` until the first liquidation is known; without any since, the balance is 0.
public struct Liquidations: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Shorts less longs that were closed, as a fraction of both, −1…1: above 0 in a squeeze.
        public let balance: Double
        /// Logarithm of one plus the turnover of the newest bar over the mean of the bars.
        public let cluster: Double
        /// Probability of at least one more before the next bar closes, 0…1, by a self-exciting process.
        public let cascade: Double

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: balance
            case 1: cluster
            default: cascade
            }
        }
    }

    /// Of the excitement that one liquidation brings, what is left after a bar.
    private static let persistence = 0.5

    private var hasAny = false
    private var newest = 0.0
    private var newestBalance = 0.0
    private var newestCount = 0.0
    private var turnover: RollingSum
    private var balance: RollingSum
    private var counts: RollingSum
    /// The decaying number of liquidations of the bars before.
    private var excitement = 0.0

    /// - Parameter length: Bars that are looked at.
    public init(length: Int) {
        turnover = RollingSum(length)
        balance = turnover
        counts = turnover
    }

    public var warmUp: Int { turnover.length }

    public mutating func observe(_ event: MarketEvent) {
        guard case .side(let value) = event,
            value.series == .longLiquidation || value.series == .shortLiquidation
        else { return }
        hasAny = true
        newest += value.value
        newestBalance += value.series == .shortLiquidation ? value.value : -value.value
        newestCount += 1
    }

    @inline(__always)
    public mutating func hold() {
        turnover.hold()
        balance.hold()
        counts.hold()
    }

    public mutating func update(_ bar: Bar) -> Lines {
        turnover.push(newest)
        balance.push(newestBalance)
        counts.push(newestCount)
        excitement = Self.persistence * (excitement + newestCount)
        defer { (newest, newestBalance, newestCount) = (0, 0, 0) }
        guard hasAny, turnover.isFull else { return Lines(balance: .nan, cluster: .nan, cascade: .nan) }
        let mean = turnover.mean
        return Lines(
            balance: turnover.sum > 0 ? balance.sum / turnover.sum : 0, cluster: mean > 0 ? log1p(newest / mean) : 0,
            cascade: cascade)
    }

    /// The probability by a self-exciting process with an exponential kernel.
    ///
    /// Hawkes, "Spectra of Some Self-Exciting and Mutually Exciting Point Processes", Biometrika, 1971. Each liquidation
    /// brings half a further one, half of those that are left within a bar; the rate of those that come by themselves is what
    /// the mean of the bars leaves.
    private var cascade: Double {
        let own = counts.mean * 0.5
        return -expm1(-(own + 0.5 * excitement))
    }
}
