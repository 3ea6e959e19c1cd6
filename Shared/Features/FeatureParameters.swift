/// The lengths, in bars of their timeframe, from which the standard features are computed.
public struct FeatureParameters: Sendable, Hashable {
    public var momentum = 5
    public var relativeStrength = 14
    public var convergenceFast = 12
    public var convergenceSlow = 26
    public var convergenceSignal = 9
    public var stochastic = 14
    public var stochasticSmoothing = 3
    public var exponentialAverage = 20
    public var simpleAverage = 50
    public var directionalMovement = 14
    public var trueRange = 14
    public var bollinger = 20
    /// Standard deviations between the middle and a band.
    public var bollingerDeviations = 2.0
    public var volatilityShort = 20
    public var volatilityLong = 100
    public var volumeSurge = 20
    public var balanceSlope = 20
    public var levels = 50
    /// The averages whose order is a longer timeframe's trend.
    public var trendFast = 5
    public var trendSlow = 20
    public var higherRelativeStrength = 14
    public var regimeShort = 5
    public var regimeLong = 20

    public init() {}
}
