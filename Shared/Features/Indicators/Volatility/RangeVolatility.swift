#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Volatility from the range of each bar, annualised, as a fraction: steadier than that of the closes.
///
/// Where the sum under the root is below zero by rounding, or by bars whose close lies far from their open (Garman and
/// Klass), it is zero.
public struct RangeVolatility: BarIndicator {
    public enum Estimator: String, Codable, Sendable {
        /// M. Parkinson, "The Extreme Value Method for Estimating the Variance of the Rate of Return", 1980.
        case parkinson
        /// M. Garman and M. Klass, "On the Estimation of Security Price Volatilities from Historical Data", 1980.
        case garmanKlass
        /// L. Rogers and S. Satchell, "Estimating Variance from High, Low and Closing Prices", 1991; true for a drift too.
        case rogersSatchell

        /// What a bar adds to the variance.
        func variance(_ bar: Bar) -> Double {
            switch self {
            case .parkinson:
                let range = log(bar.high / bar.low)
                return range * range / (4 * Self.logTwo)
            case .garmanKlass:
                let (range, move) = (log(bar.high / bar.low), log(bar.close / bar.open))
                return 0.5 * range * range - (2 * Self.logTwo - 1) * move * move
            case .rogersSatchell:
                return log(bar.high / bar.close) * log(bar.high / bar.open)
                    + log(bar.low / bar.close) * log(bar.low / bar.open)
            }
        }

        private static let logTwo = log(2.0)
    }

    private let estimator: Estimator
    private let perYear: Double
    private var variances: RollingSum

    /// - Parameters:
    ///   - estimator: How a bar's range is made a variance.
    ///   - length: Bars in the window.
    ///   - perYear: Bars in a year: `Timeframe.perYear`.
    public init(_ estimator: Estimator, length: Int, perYear: Double) {
        self.estimator = estimator
        self.perYear = perYear
        variances = RollingSum(length)
    }

    public var warmUp: Int { variances.length }

    @inline(__always)
    public mutating func hold() { variances.hold() }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        variances.push(estimator.variance(bar))
        guard variances.isFull else { return .nan }
        return (max(0, variances.mean) * perYear).squareRoot()
    }
}
