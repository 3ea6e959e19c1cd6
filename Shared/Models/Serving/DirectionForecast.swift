public import Schema

/// All that a model says of one window.
public struct DirectionForecast: Sendable, Equatable {
    /// Of up, 0…1.
    public let probability: Float
    /// The standard deviation of the probability over passes with dropout; `nil` from models that make none.
    public let uncertainty: Double?
    /// Of log returns, by horizon, then level, rising with the level; none from models that forecast none.
    public let quantiles: [Prediction.Quantile]

    public init(probability: Float, uncertainty: Double? = nil, quantiles: [Prediction.Quantile] = []) {
        (self.probability, self.uncertainty, self.quantiles) = (probability, uncertainty, quantiles)
    }

    /// Whether the probability is one, and all else is finite.
    var isSound: Bool {
        probability >= 0 && probability <= 1 && uncertainty?.isFinite != false
            && quantiles.allSatisfy(\.logReturn.isFinite)
    }
}

extension DirectionForecast: CustomStringConvertible {
    public var description: String {
        (["\(probability)"] + (uncertainty.map { ["± \($0)"] } ?? []) + quantiles.map { "\($0.logReturn)" })
            .joined(separator: " ")
    }
}
