public import Schema

extension FeatureSet {
    /// The features that models start with: each free of the price's unit, of every group some.
    ///
    /// `primary` is the timeframe of the predictions. Of the longer ones in `higher`, the relative strength is taken of the
    /// shortest and the volatility regime of the longest; without any, the features across timeframes are left out.
    public static func standard(primary: Timeframe, higher: [Timeframe]) -> FeatureSet {
        let higher = Set(higher).sorted()
        var names = standardNames
        if let shortest = higher.first?.rawValue, let longest = higher.last?.rawValue {
            names += ["trend-alignment", "rsi_14@\(shortest)", "resistance-distance_20@\(shortest)"]
            names += ["support-distance_20@\(shortest)", "volatility-ratio_5_20@\(longest)"]
        }
        do {
            return try FeatureSet(names, primary: primary, higher: higher)
        } catch {
            // The names are those below, which are the catalogue's.
            preconditionFailure("\(error)")
        }
    }

    /// Every feature of the catalogue with its standard parameters, and every indicator over the longer timeframes too.
    public static func full(primary: Timeframe, higher: [Timeframe]) -> FeatureSet {
        var names = FeatureCatalogue.families.flatMap(\.outputs).map(\.name)
        for timeframe in Set(higher).sorted() {
            for case let family in FeatureCatalogue.families where family.isOverBars {
                names += family.outputs.map { "\($0.name)@\(timeframe.rawValue)" }
            }
        }
        do {
            return try FeatureSet(names, primary: primary, higher: higher)
        } catch {
            // The names are the catalogue's own.
            preconditionFailure("\(error)")
        }
    }

    private static let standardNames = [
        "momentum_5", "rsi_14", "stochastic-k", "macd-strength", "cci_20", "wavetrend", "mfi_14",
        "ema-distance", "sma-distance", "adx_14", "directional-balance", "aroon-oscillator",
        "natr_14", "bollinger-b", "bollinger-width", "volatility_20", "volatility-ratio", "spread-pressure",
        "close-in-range", "volume-excess", "volume-surge", "obv-slope", "cmf_20", "vwap-distance",
        "resistance-distance", "support-distance",
        "hour-sine", "hour-cosine", "weekday-sine", "weekday-cosine",
    ]
}
