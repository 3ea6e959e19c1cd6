/// How results are judged; the same for a model and everything beside it.
public struct TableRules: Sendable, Hashable {
    public let strategy: SignStrategy
    /// Bars in a year: 8760 for hours.
    public let perYear: Double
    /// Of the interval around chance.
    public let confidence: Double
    /// The deflated Sharpe ratio from which luck is ruled out.
    public let significance: Double
    /// The most blocks of the probability of overfitting; fewer where blocks would have less than two bars.
    public let blocks: Int

    /// - Parameters:
    ///   - strategy: What is earned and paid.
    ///   - perYear: Bars in a year.
    ///   - confidence: 0.99 unless told otherwise.
    ///   - significance: 0.95 as in Bailey and López de Prado (2014).
    ///   - blocks: Even; 16 as in Bailey et al. (2017).
    public init(
        strategy: SignStrategy = .standard, perYear: Double, confidence: Double = 0.99, significance: Double = 0.95,
        blocks: Int = 16
    ) {
        precondition(perYear > 0, "bars in a year above zero")
        precondition(blocks >= 2 && blocks.isMultiple(of: 2), "an even number of blocks")
        (self.strategy, self.perYear) = (strategy, perYear)
        (self.confidence, self.significance, self.blocks) = (confidence, significance, blocks)
    }
}
