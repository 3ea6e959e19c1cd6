/// How well probabilities told which way something went.
public struct DirectionMetrics: Sendable, Hashable, Codable {
    /// Predictions whose outcome is known.
    public let count: Int
    /// Of those with a probability other than one half, the share that named the outcome; `nil` when there is none.
    public let accuracy: Double?
    /// The mean square of probability minus outcome (Brier, 1950): 0 is perfect, 0.25 is what a coin gives.
    public let brier: Double?

    /// - Parameters:
    ///   - probabilities: Of the outcome, 0…1.
    ///   - outcomes: Whether it came; as many.
    public init(probabilities: [Double], outcomes: [Bool]) {
        precondition(probabilities.count == outcomes.count, "an outcome for each probability")
        count = outcomes.count
        var (called, right, squares) = (0, 0, 0.0)
        for (probability, outcome) in zip(probabilities, outcomes) {
            squares += (probability - (outcome ? 1 : 0)) * (probability - (outcome ? 1 : 0))
            guard probability != 0.5 else { continue }
            called += 1
            if (probability > 0.5) == outcome { right += 1 }
        }
        accuracy = called > 0 ? Double(right) / Double(called) : nil
        brier = outcomes.isEmpty ? nil : squares / Double(count)
    }
}

/// How much was traded.
public enum Turnover {
    /// The sum of the position's changes, from flat at the start.
    ///
    /// - Parameter positions: One a bar, as fractions of equity.
    /// - Returns: In the same unit: 1 is the whole equity bought or sold once.
    public static func total(positions: [Double]) -> Double {
        var (total, held) = (0.0, 0.0)
        for position in positions {
            total += abs(position - held)
            held = position
        }
        return total
    }
}
