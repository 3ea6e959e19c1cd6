internal import Foundation

/// How likely the strategy that looks best is not even average out of sample.
///
/// Combinatorially symmetric cross-validation: the bars are cut into blocks; for each choice of half of them, the strategy
/// that is best there is ranked on the other half. D. Bailey, J. Borwein, M. López de Prado and Q. Zhu, "The Probability of
/// Backtest Overfitting", Journal of Computational Finance, 2017, section 3. Performance is the Sharpe ratio per bar; that
/// of returns which do not vary counts as zero.
public struct BacktestOverfitting: Sendable, Hashable {
    /// The share of choices in which the best lies below the median out of sample.
    ///
    /// Those at the median count half, so that noise gives one half however many strategies there are.
    public let probability: Double
    /// Of each choice, ln(ω ∕ (1 − ω)) with ω the best one's rank out of sample by the strategies and one: below zero is
    /// below the median.
    public let logits: [Double]
    /// The slope of the line through the best one's Sharpe ratios out of sample by those in sample, over all choices.
    ///
    /// Below zero, more in sample means less out of sample; `nil` when the ratio in sample is always the same.
    public let degradation: Double?
    /// The share of choices in which the best loses out of sample.
    public let probabilityOfLoss: Double

    /// - Parameters:
    ///   - returns: One a bar of each strategy, shape `[strategies, bars]`; two strategies at least.
    ///   - blocks: Even; 16 as in the paper gives 12 870 choices.
    /// - Throws: ``EvaluationError/tooFewSamples(_:scheme:)`` where blocks would have less than two bars.
    public init(returns: [[Double]], blocks: Int = 16) throws(EvaluationError) {
        precondition(blocks >= 2 && blocks <= 20 && blocks.isMultiple(of: 2), "an even number of blocks, 20 at most")
        precondition(returns.count >= 2, "strategies to choose from")
        let bars = returns[0].count
        precondition(returns.allSatisfy { $0.count == bars }, "a return of each strategy for each bar")
        guard bars >= 2 * blocks else { throw .tooFewSamples(bars, scheme: "overfitting over \(blocks) blocks") }
        let sums = returns.map { strategy in
            PurgedKFold.blocks(bars, blocks).map { BlockSum(strategy[$0]) }
        }
        var (logits, inSample, outOfSample): ([Double], [Double], [Double]) = ([], [], [])
        for choice in 0..<(1 << blocks) where choice.nonzeroBitCount == blocks / 2 {
            let ratios = sums.map { BlockSum.ratios($0, choice) }
            // The first of equal ones; there are two at least.
            let best = ratios.indices.reduce(0) { ratios[$1].inside > ratios[$0].inside ? $1 : $0 }
            let outside = ratios[best].outside
            let worse = ratios.count { $0.outside < outside }
            let equal = ratios.count { $0.outside == outside }
            // From 1 on; equal ones share the mean of their ranks.
            let rank = Double(worse) + Double(equal + 1) / 2
            logits.append(log(rank / (Double(ratios.count + 1) - rank)))
            inSample.append(ratios[best].inside)
            outOfSample.append(outside)
        }
        let choices = Double(logits.count)
        self.logits = logits
        probability = (Double(logits.count { $0 < 0 }) + Double(logits.count { $0 == 0 }) / 2) / choices
        probabilityOfLoss = Double(outOfSample.count { $0 < 0 }) / choices
        degradation = Self.slope(inSample, outOfSample)
    }

    /// Least squares.
    private static func slope(_ x: [Double], _ y: [Double]) -> Double? {
        let (meanX, meanY) = (Moments(x).mean, Moments(y).mean)
        let (spread, shared) = zip(x, y).reduce((0.0, 0.0)) { sums, point in
            let offset = point.0 - meanX
            return (sums.0 + offset * offset, sums.1 + offset * (point.1 - meanY))
        }
        return spread > 0 ? shared / spread : nil
    }
}

/// What a block of bars adds to a Sharpe ratio.
private struct BlockSum {
    var count = 0.0
    var sum = 0.0
    var squares = 0.0

    init() {}

    init(_ returns: ArraySlice<Double>) {
        for value in returns {
            count += 1
            sum += value
            squares += value * value
        }
    }

    static func += (left: inout Self, right: Self) {
        left.count += right.count
        left.sum += right.sum
        left.squares += right.squares
    }

    /// Mean by standard deviation (ddof 1); zero where nothing varies.
    private var ratio: Double {
        let variance = (squares - sum * sum / count) / (count - 1)
        return variance > 0 ? sum / count / variance.squareRoot() : 0
    }

    /// Over the blocks whose bits are set in `choice`, and over the others.
    static func ratios(_ blocks: [BlockSum], _ choice: Int) -> (inside: Double, outside: Double) {
        var (inside, outside) = (BlockSum(), BlockSum())
        for (block, sum) in blocks.enumerated() {
            if choice & (1 << block) != 0 { inside += sum } else { outside += sum }
        }
        return (inside.ratio, outside.ratio)
    }
}
