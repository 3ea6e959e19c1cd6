internal import Foundation

/// How often experiences are replayed by their priorities, and what that must be weighed by (Schaul and others 2016,
/// arXiv:1511.05952, sections 3.3 and 3.4).
public struct PrioritizedReplay: Codable, Sendable, Equatable {
    /// How much priorities count: 0 draws uniformly.
    public var alpha: Double
    /// How much of the bias of drawing unevenly is taken back: 1 all of it.
    public var beta: Double

    public init(alpha: Double = 0.6, beta: Double = 0.4) {
        self.alpha = alpha
        self.beta = beta
    }

    /// The probability of each experience, from priorities above zero.
    public func probabilities(_ priorities: [Double]) -> [Double] {
        let powers = priorities.map { pow($0, alpha) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// The weight of each error in the loss, the largest being 1.
    ///
    /// - Parameters:
    ///   - probabilities: by which the experiences were drawn.
    ///   - count: of experiences that they were drawn from.
    /// - Returns: as many as probabilities.
    public func weights(_ probabilities: [Double], of count: Int) -> [Double] {
        let weights = probabilities.map { pow(Double(count) * $0, -beta) }
        let largest = weights.max() ?? 1
        return weights.map { $0 / largest }
    }
}
