internal import Foundation

/// What a series of returns was worth, and what it was like to sit through it.
///
/// A number that is not defined, such as the Sharpe ratio of returns that never change, is `nil`.
public struct ReturnMetrics: Sendable, Hashable, Codable {
    /// Bars.
    public let count: Int
    /// The whole return, compounded, as a fraction.
    public let total: Double
    /// The yearly return that compounds to ``total``, as a fraction; −1 when everything was lost.
    public let annualised: Double
    /// The mean return times the bars in a year.
    public let annualisedMean: Double
    /// The standard deviation (ddof 1) times the root of the bars in a year.
    public let volatility: Double?
    /// Mean excess return by standard deviation (ddof 1), annualised.
    public let sharpe: Double?
    /// The root of the mean square of the returns below zero, over all bars, annualised.
    public let downsideDeviation: Double
    /// Mean return by downside deviation, annualised; the minimum acceptable return is zero.
    public let sortino: Double?
    public let drawdown: Drawdown
    /// ``annualised`` by the depth of the deepest drawdown, over the whole sample.
    public let calmar: Double?
    /// The 5 % quantile of the returns, interpolated; negative is a loss.
    public let valueAtRisk95: Double?
    /// The mean of the returns not above ``valueAtRisk95``.
    public let expectedShortfall95: Double?
    /// The sum of the gains by the sum of the losses, bar by bar; equals the omega ratio at zero.
    public let profitFactor: Double?
    /// The share of bars with a gain.
    public let winRate: Double
    public let best: Double
    public let worst: Double
    /// The biased third standardised moment.
    public let skewness: Double?
    /// The biased fourth standardised moment; 3 for a normal distribution.
    public let kurtosis: Double?

    /// - Parameters:
    ///   - returns: Simple returns, one a bar.
    ///   - perYear: Bars in a year: 365 for days, 8760 for hours.
    ///   - riskFree: A yearly rate as a fraction, divided evenly over the bars.
    public init(returns: [Double], perYear: Double, riskFree: Double = 0) {
        precondition(perYear > 0, "bars in a year above zero")
        count = returns.count
        let growth = returns.reduce(1.0) { $0 * (1 + $1) }
        total = growth - 1
        annualised =
            returns.isEmpty ? 0 : growth > 0 ? pow(growth, perYear / Double(returns.count)) - 1 : -1
        let moments = Moments(returns)
        annualisedMean = moments.mean * perYear
        volatility = moments.deviation.map { $0 * perYear.squareRoot() }
        sharpe = moments.deviation.flatMap { deviation in
            deviation > 0 ? (moments.mean - riskFree / perYear) / deviation * perYear.squareRoot() : nil
        }
        let losses = returns.reduce(0.0) { $0 + min($1, 0) * min($1, 0) }
        let downside = returns.isEmpty ? 0 : (losses / Double(returns.count)).squareRoot()
        downsideDeviation = downside * perYear.squareRoot()
        sortino = downside > 0 ? moments.mean / downside * perYear.squareRoot() : nil
        drawdown = Drawdown(returns: returns)
        calmar = drawdown.maximum < 0 ? annualised / -drawdown.maximum : nil
        let quantile = Quantile.linear(returns, 0.05)
        valueAtRisk95 = quantile
        expectedShortfall95 = quantile.map { limit in
            let tail = returns.filter { $0 <= limit }
            return tail.reduce(0, +) / Double(tail.count)
        }
        let gained = returns.reduce(0) { $0 + max($1, 0) }
        let lost = returns.reduce(0) { $0 - min($1, 0) }
        profitFactor = lost > 0 ? gained / lost : nil
        winRate = returns.isEmpty ? 0 : Double(returns.count { $0 > 0 }) / Double(returns.count)
        best = returns.max() ?? 0
        worst = returns.min() ?? 0
        skewness = moments.skewness
        kurtosis = moments.kurtosis
    }
}
