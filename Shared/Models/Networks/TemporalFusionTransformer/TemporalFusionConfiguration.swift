public import Learning

/// The shape of a ``TemporalFusionTransformer``.
///
/// The sizes that are not given are those of hourly bars: a week back, a day ahead.
public struct TemporalFusionConfiguration: NetworkConfiguration {
    /// The names of what stays the same during a window, such as the market; at least one.
    public var statics: [String]
    /// The names of the features that are known of the past only.
    public var observed: [String]
    /// The names of the features that are known ahead, such as the hour of the day; at least one.
    public var known: [String]
    /// The steps of the past.
    public var lookback: Int
    /// The steps of the future that are forecast.
    public var horizon: Int
    /// The width of all layers, a multiple of ``heads``.
    public var width: Int
    /// The heads of the attention.
    public var heads: Int
    /// The quantiles that are forecast, rising.
    public var quantiles: [Double]
    /// The share of values that training sets to zero before each gate, and of the attention's weights.
    public var dropout: Double

    public init(
        statics: [String], observed: [String], known: [String], lookback: Int = 168, horizon: Int = 24,
        width: Int = 32, heads: Int = 4, quantiles: [Double] = [0.1, 0.5, 0.9], dropout: Double = 0.1
    ) {
        self.statics = statics
        self.observed = observed
        self.known = known
        self.lookback = lookback
        self.horizon = horizon
        self.width = width
        self.heads = heads
        self.quantiles = quantiles
        self.dropout = dropout
    }

    public var quick: TemporalFusionConfiguration {
        var quick = self
        (quick.lookback, quick.horizon) = (min(lookback, 48), min(horizon, 24))
        (quick.width, quick.heads) = (16, 2)
        return quick
    }

    public func check() throws(LearningError) {
        try LearningError.requireNames(statics, "statics")
        try LearningError.requireNames(known, "known features")
        try LearningError.requireNames(observed + known, "features of the past")
        try LearningError.require((1...10_000).contains(lookback), "lookback must be in 1...10000")
        try LearningError.require((1...10_000).contains(horizon), "horizon must be in 1...10000")
        try LearningError.requireHeads(heads, width: width)
        try LearningError.require(
            !quantiles.isEmpty && quantiles.allSatisfy { $0 > 0 && $0 < 1 }
                && zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 < $1 }, "quantiles must rise within (0, 1)")
        try LearningError.requireDropout(dropout)
    }
}
