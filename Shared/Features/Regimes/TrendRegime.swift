#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Whether the market rises, falls or goes sideways: the log return over the bars in units of what a random walk of the same
/// volatility would have, and a class: 1 bull from `threshold` on, −1 bear, 0 sideways.
///
/// A market that does not move has 0.
public struct TrendRegime: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let score: Double
        let threshold: Double

        public var regime: Double { score >= threshold ? 1 : score <= -threshold ? -1 : 0 }

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? score : score.isNaN ? .nan : regime }
    }

    private let threshold: Double
    private var previousLog: Double?
    private var returns: RollingMoments

    public init(length: Int, threshold: Double) {
        precondition(length > 1, "a deviation needs two returns")
        self.threshold = threshold
        returns = RollingMoments(length)
    }

    public var warmUp: Int { returns.length + 1 }

    @inline(__always)
    public mutating func hold() { returns.hold() }

    @inline(__always)
    public mutating func update(_ close: Double) -> Lines {
        let logarithm = log(close)
        defer { previousLog = logarithm }
        guard let previousLog else { return Lines(score: .nan, threshold: threshold) }
        returns.push(logarithm - previousLog)
        guard returns.isFull else { return Lines(score: .nan, threshold: threshold) }
        let deviation = returns.sampleVariance.squareRoot()
        // The sum of the returns over the deviation that it would have by chance.
        let score = deviation > 0 ? returns.mean * Double(returns.length).squareRoot() / deviation : 0
        return Lines(score: score, threshold: threshold)
    }
}
