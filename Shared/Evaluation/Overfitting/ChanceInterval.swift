/// Where the accuracy of calls lies that know nothing.
public struct ChanceInterval: Codable, Sendable, Hashable {
    /// The accuracy to expect of calls that are made as often, but at other times.
    public let chance: Double
    /// Outcomes that tell as much as the tested ones, which overlap; rounded down.
    public let effectiveCount: Int
    /// How likely such calls' accuracy lies within, at least.
    public let confidence: Double
    public let lower: Double
    public let upper: Double

    /// The central interval of the binomial distribution, exactly.
    ///
    /// - Parameters:
    ///   - chance: Of each call to be right, 0…1.
    ///   - effectiveCount: Of the outcomes, as of ``Models/LabelUniqueness/effectiveCount(of:)``; below 1 nothing is known,
    ///     and all accuracies are within.
    ///   - confidence: Above 0 and below 1.
    public init(chance: Double, effectiveCount: Double, confidence: Double = 0.99) {
        precondition((0...1).contains(chance) && effectiveCount >= 0, "a probability and a count")
        precondition(confidence > 0 && confidence < 1, "a confidence above 0 and below 1")
        // Sums of shares end just below the whole number that they mean.
        let count = Int(effectiveCount + 1e-9)
        (self.chance, self.effectiveCount, self.confidence) = (chance, count, confidence)
        guard count > 0 else {
            (lower, upper) = (0, 1)
            return
        }
        let tail = (1 - confidence) / 2
        let probabilities = Self.binomial(count, chance)
        var below = 0.0
        var bounds: [Int] = []
        for (right, probability) in probabilities.enumerated() {
            below += probability
            // Once for the lower bound, once for the upper one.
            while bounds.count < 2, below >= (bounds.isEmpty ? tail : 1 - tail) { bounds.append(right) }
        }
        lower = Double(bounds[0]) / Double(count)
        // Rounding may leave the sum of all just below the upper bound's.
        upper = Double(bounds.count > 1 ? bounds[1] : count) / Double(count)
    }

    public func contains(_ accuracy: Double) -> Bool { accuracy >= lower && accuracy <= upper }

    /// How likely 0, 1, … of `count` calls are right, by the ratio of neighbours from the likeliest on, so that nothing
    /// overflows.
    private static func binomial(_ count: Int, _ chance: Double) -> [Double] {
        var weights = Array(repeating: 0.0, count: count + 1)
        let likeliest = min(Int(Double(count + 1) * chance), count)
        weights[likeliest] = 1
        for right in stride(from: likeliest, to: count, by: 1) {
            weights[right + 1] = weights[right] * Double(count - right) / Double(right + 1) * (chance / (1 - chance))
        }
        for right in stride(from: likeliest, to: 0, by: -1) {
            weights[right - 1] = weights[right] * Double(right) / Double(count - right + 1) * ((1 - chance) / chance)
        }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}
