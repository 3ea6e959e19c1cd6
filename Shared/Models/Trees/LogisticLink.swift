internal import Foundation

/// The way between the probability of the second class and its log-odds, with the bits of XGBoost 3.2.
enum LogisticLink {
    /// The probability that a tree model's margin stands for; above 0 for every margin.
    ///
    /// The bounds are XGBoost's (`Sigmoid` in `src/common/math.h`): an exponential that stays finite, and a divisor
    /// that is never 0.
    static func probability(margin: Float) -> Float { 1 / (exp(min(-margin, 88.7)) + 1 + 1e-16) }

    /// The margin that a model begins with whose base score is `probability`.
    ///
    /// XGBoost writes the base score as it was estimated, 0 or 1 where all labels are equal, and reads it as at least
    /// this far from both.
    static func margin(probability: Float) -> Float {
        let nearest: Float = 1e-6
        return -log(1 / min(max(probability, nearest), 1 - nearest) - 1)
    }
}
