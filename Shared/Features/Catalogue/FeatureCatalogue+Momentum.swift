extension FeatureCatalogue {
    static let momentum: [FeatureFamily] = [
        .bars(
            ["rsi": "Share of the gains in all movement of the closes, 0…100."], .momentum, ["length": 14],
            source: "Wilder 1978; TA-Lib RSI"
        ) { p, _ in RelativeStrengthIndex(length: p[0]) },
        .bars(
            [
                "stochastic-k": "Place of the close in the range of the bars, smoothed, 0…100.",
                "stochastic-d": "Average of that, 0…100.",
            ], .momentum, ["length": 14, "k": 3, "d": 3], source: "Lane 1984; TA-Lib STOCH"
        ) { p, _ in StochasticOscillator(length: p[0], k: p[1], d: p[2]) },
        .bars(
            [
                "stochastic-rsi": "Place of the relative strength in its own range, 0…100.",
                "stochastic-rsi-k": "Average of that, 0…100.",
                "stochastic-rsi-d": "Average of that again, 0…100.",
            ], .momentum, ["length": 14, "range": 14, "k": 3, "d": 3],
            source: "Chande and Kroll 1994; TA-Lib STOCHRSI; TradingView"
        ) { p, _ in StochasticRelativeStrength(length: p[0], range: p[1], k: p[2], d: p[3]) },
        .bars(
            ["cci": "Distance of the typical price from its mean, in 0.015ths of the mean distance."], .momentum,
            ["length": 20], source: "Lambert 1980; TA-Lib CCI", cost: .length
        ) { p, _ in CommodityChannelIndex(length: p[0]) },
        .bars(
            ["williams-r": "Place of the close below the highest high, −100…0."], .momentum, ["length": 14],
            source: "Williams 1973; TA-Lib WILLR"
        ) { p, _ in WilliamsRange(length: p[0]) },
        .bars(
            [
                "momentum": "Change of the close, as a fraction.", "roc": "Change of the close, in percent.",
                "price-change": "Change of the close, in the price's unit.",
            ], .momentum, ["length": 5], source: "TA-Lib ROCP, ROC, MOM"
        ) { p, _ in RateOfChange(length: p[0]) },
        .bars(
            ["ultimate-oscillator": "Share of buying pressure over three lengths, 0…100."], .momentum,
            ["short": 7, "middle": 14, "long": 28], rising: 0..<3, source: "Williams 1985; TA-Lib ULTOSC"
        ) { p, _ in UltimateOscillator(short: p[0], middle: p[1], long: p[2]) },
        .bars(
            [
                "wavetrend-channel": "Distance of the typical price from its mean, in 0.015ths of the mean distance.",
                "wavetrend": "Exponential average of that.", "wavetrend-signal": "Short average of that.",
            ], .momentum, ["channel": 10, "average": 21, "signal": 4], source: "LazyBear, TradingView 2KE8wTuF"
        ) { p, _ in WaveTrend(channel: p[0], average: p[1], signal: p[2]) },
    ]
}
