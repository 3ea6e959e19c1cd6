internal import Models

/// The Sharpe ratio of a sample of returns, and how much it proves.
///
/// D. Bailey and M. López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk, 2012, and "The Deflated Sharpe
/// Ratio", Journal of Portfolio Management, 2014. All ratios here are per bar, not annualised.
public struct SharpeEstimate: Sendable, Hashable {
    /// Bars.
    public let count: Int
    /// Mean by standard deviation (ddof 1), per bar.
    public let value: Double
    /// The biased third standardised moment of the returns.
    public let skewness: Double
    /// The biased fourth one, 3 for a normal distribution.
    public let kurtosis: Double

    /// - Parameter returns: One a bar; `nil` comes of fewer than two, and of returns that never change.
    public init?(returns: [Double]) {
        guard returns.contains(where: { $0 != returns[0] }) else { return nil }
        let moments = Moments(returns)
        guard let deviation = moments.deviation, let skewness = moments.skewness, let kurtosis = moments.kurtosis else {
            return nil
        }
        count = returns.count
        value = moments.mean / deviation
        self.skewness = skewness
        self.kurtosis = kurtosis
    }

    /// The distance from a ratio in standard errors, which skew and fat tails widen (2012, equation 11).
    public func score(above benchmark: Double = 0) -> Double {
        (value - benchmark) * Double(count - 1).squareRoot() / spread.squareRoot()
    }

    /// The probabilistic Sharpe ratio: how likely the true ratio lies above `benchmark`.
    public func probability(above benchmark: Double = 0) -> Double {
        StandardNormal.cumulative(score(above: benchmark))
    }

    /// The bars that this ratio must be seen for to lie above `benchmark` with this confidence; `nil` when it does not.
    public func minimumTrackRecord(above benchmark: Double = 0, confidence: Double = 0.95) -> Double? {
        guard value > benchmark else { return nil }
        let needed = StandardNormal.quantile(confidence) / (value - benchmark)
        return 1 + spread * needed * needed
    }

    /// The deflated Sharpe ratio: how likely the true ratio lies above what the best of all trials would show by luck.
    public func deflated(by trials: SharpeTrials) -> Double { probability(above: trials.expectedMaximum) }

    /// The variance of the estimate, times the bars less one.
    ///
    /// Kurtosis is never below skewness squared and one, so that it is never below zero but by rounding.
    private var spread: Double {
        max(1 - skewness * value + (kurtosis - 1) / 4 * value * value, .leastNormalMagnitude)
    }
}

/// The Sharpe ratios of everything that was tried before one result was chosen.
public struct SharpeTrials: Codable, Sendable, Hashable {
    public let count: Int
    /// Of the trials' ratios per bar, ddof 1; zero for fewer than two.
    public let variance: Double

    /// - Parameter ratios: Per bar, of every trial, the chosen one too; `nil` for one that has none, which counts all the same.
    public init(ratios: [Double?]) {
        let deviation = Moments(ratios.compactMap(\.self)).deviation ?? 0
        self.init(count: ratios.count, variance: deviation * deviation)
    }

    public init(count: Int, variance: Double) {
        precondition(count >= 0 && variance >= 0, "a count and a variance")
        (self.count, self.variance) = (count, variance)
    }

    /// The best ratio per bar to expect of as many trials without any skill (2014, equation 1); zero for fewer than two.
    public var expectedMaximum: Double {
        guard count >= 2 else { return 0 }
        let tries = Double(count)
        let euler = 0.577215664901532860607
        let base = 2.718281828459045235360
        return variance.squareRoot()
            * ((1 - euler) * StandardNormal.quantile(1 - 1 / tries)
                + euler * StandardNormal.quantile(1 - 1 / (tries * base)))
    }
}
