internal import Tensor

/// How much each variable and each step of the past counted, as shares that sum up to one.
public struct TemporalFusionImportance: Sendable, Equatable {
    /// A variable and its share of the selection's weights.
    public struct Share: Sendable, Equatable {
        public let name: String
        public let share: Double
    }

    public let statics: [Share]
    /// The features of the past, observed first.
    public let past: [Share]
    /// The features that are known ahead.
    public let future: [Share]
    /// What the horizon looked at: the share of each step, oldest of the past first, then the horizon.
    public let steps: [Double]
}

extension TemporalFusionTransformer {
    /// The mean weights of a forecast, over its samples, steps and heads.
    ///
    /// Lim et al. 2019, arXiv:1912.09363, section 7.1 and 7.2.
    public func importance(of forecast: Forecast) throws -> TemporalFusionImportance {
        func shares(_ weights: Tensor, _ names: [String]) throws -> [TemporalFusionImportance.Share] {
            let means = try Self.meanOverAllButLast(weights)
            return zip(names, means).map { TemporalFusionImportance.Share(name: $0, share: $1) }
        }
        return TemporalFusionImportance(
            statics: try shares(forecast.staticWeights, configuration.statics),
            past: try shares(forecast.pastWeights, configuration.observed + configuration.known),
            future: try shares(forecast.futureWeights, configuration.known),
            steps: try Self.meanOverAllButLast(forecast.attention))
    }

    private static func meanOverAllButLast(_ weights: Tensor) throws -> [Double] {
        let last = weights.shape[weights.shape.count - 1]
        return try weights.converted(to: .float64).reshaped([weights.count / last, last]).mean(dimension: 0).doubles()
    }
}
