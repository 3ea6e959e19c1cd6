internal import Schema

enum HigherReading: Int, CaseIterable, Sendable {
    case fast, slow, relativeStrength, volatilityShort, volatilityLong
}

/// All indicators of one instrument's longer timeframe, as of its last closed candle.
struct HigherPanel: Codable, Sendable, Equatable {
    private(set) var readings = Readings<HigherReading>()
    /// Bars taken.
    private(set) var count = 0
    private(set) var fast: ExponentialMovingAverage
    private(set) var slow: ExponentialMovingAverage
    private(set) var relativeStrength: RelativeStrengthIndex
    private(set) var volatilityShort: RealisedVolatility
    private(set) var volatilityLong: RealisedVolatility

    init(_ parameters: FeatureParameters, timeframe: Timeframe) {
        fast = ExponentialMovingAverage(length: parameters.trendFast)
        slow = ExponentialMovingAverage(length: parameters.trendSlow)
        relativeStrength = RelativeStrengthIndex(length: parameters.higherRelativeStrength)
        volatilityShort = RealisedVolatility(length: parameters.regimeShort, perYear: timeframe.perYear)
        volatilityLong = RealisedVolatility(length: parameters.regimeLong, perYear: timeframe.perYear)
    }

    mutating func update(_ bar: Bar) {
        count += 1
        readings[.fast] = fast.update(bar.close)
        readings[.slow] = slow.update(bar.close)
        readings[.relativeStrength] = relativeStrength.update(bar.close)
        readings[.volatilityShort] = volatilityShort.update(bar.close)
        readings[.volatilityLong] = volatilityLong.update(bar.close)
    }
}
