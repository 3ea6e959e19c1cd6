#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Volatility from the gaps between bars, their moves and their ranges, annualised, as a fraction.
///
/// D. Yang and Q. Zhang, "Drift-Independent Volatility Estimation Based on High, Low, Open and Close Prices", 2000.
public struct YangZhangVolatility: BarIndicator {
    private let perYear: Double
    private let weight: Double
    private var previousClose: Double?
    private var gaps: RollingMoments
    private var moves: RollingMoments
    private var ranges: RollingSum

    /// - Parameters:
    ///   - length: Bars in the window.
    ///   - perYear: Bars in a year: `Timeframe.perYear`.
    public init(length: Int, perYear: Double) {
        precondition(length > 1, "a deviation needs two returns")
        self.perYear = perYear
        // Their equation 11, with the weight that makes the variance of the estimate least.
        weight = 0.34 / (1.34 + Double(length + 1) / Double(length - 1))
        gaps = RollingMoments(length)
        moves = RollingMoments(length)
        ranges = RollingSum(length)
    }

    public var warmUp: Int { gaps.length + 1 }

    @inline(__always)
    public mutating func hold() {
        gaps.hold()
        moves.hold()
        ranges.hold()
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        defer { previousClose = bar.close }
        guard let previousClose else { return .nan }
        gaps.push(log(bar.open / previousClose))
        moves.push(log(bar.close / bar.open))
        ranges.push(RangeVolatility.Estimator.rogersSatchell.variance(bar))
        guard ranges.isFull else { return .nan }
        let variance =
            gaps.sampleVariance + weight * moves.sampleVariance + (1 - weight) * ranges.mean
        return (max(0, variance) * perYear).squareRoot()
    }
}
