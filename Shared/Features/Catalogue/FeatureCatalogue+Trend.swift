extension FeatureCatalogue {
    static let trend: [FeatureFamily] = [
        .bars(
            ["sma": "Mean of the closes, in the price's unit."], .trend, ["length": 20], source: "TA-Lib SMA"
        ) { p, _ in SimpleMovingAverage(length: p[0]) },
        .bars(
            ["ema": "Exponential mean of the closes, in the price's unit."], .trend, ["length": 20],
            source: "TA-Lib EMA"
        ) { p, _ in ExponentialMovingAverage(length: p[0]) },
        .bars(
            ["wma": "Linearly weighted mean of the closes, in the price's unit."], .trend, ["length": 20],
            source: "TA-Lib WMA"
        ) { p, _ in WeightedMovingAverage(length: p[0]) },
        .bars(
            ["dema": "Double exponential mean, in the price's unit."], .trend, ["length": 20],
            source: "Mulloy 1994; TA-Lib DEMA"
        ) { p, _ in DoubleExponentialAverage(length: p[0]) },
        .bars(
            ["tema": "Triple exponential mean, in the price's unit."], .trend, ["length": 20],
            source: "Mulloy 1994; TA-Lib TEMA"
        ) { p, _ in TripleExponentialAverage(length: p[0]) },
        .bars(
            ["kama": "Adaptive mean of the closes, in the price's unit."], .trend, ["length": 10],
            source: "Kaufman 1995; TA-Lib KAMA"
        ) { p, _ in KaufmanAdaptiveAverage(length: p[0]) },
        .bars(
            ["sar": "Parabolic stop, in the price's unit."], .trend, ["acceleration": 0.02, "limit": 0.2],
            source: "Wilder 1978; TA-Lib SAR"
        ) { p, _ in ParabolicStop(acceleration: p.number(0), limit: p.number(1)) },
        .bars(
            [
                "macd": "Fast less slow exponential average, in the price's unit.",
                "macd-signal": "Average of that, in the price's unit.",
                "macd-histogram": "The one less the other, in the price's unit.",
            ], .trend, ["fast": 12, "slow": 26, "signal": 9], rising: 0..<2, source: "Appel 2005; TA-Lib MACD"
        ) { p, _ in MovingAverageConvergence(fast: p[0], slow: p[1], signal: p[2]) },
        .bars(
            [
                "plus-di": "Upward movement in percent of the range.",
                "minus-di": "Downward movement in percent of the range.",
                "dx": "Their difference in percent of their sum.",
                "adx": "Strength of the trend, whichever way, 0…100.",
            ], .trend, ["length": 14], minimum: 2, source: "Wilder 1978; TA-Lib PLUS_DI, MINUS_DI, DX, ADX"
        ) { p, _ in DirectionalMovement(length: p[0]) },
        .bars(
            [
                "aroon-up": "How lately the highest high was, 0…100.",
                "aroon-down": "How lately the lowest low was, 0…100.",
                "aroon-oscillator": "The one less the other, −100…100.",
            ], .trend, ["length": 14], source: "Chande 1995; TA-Lib AROON, AROONOSC"
        ) { p, _ in Aroon(length: p[0]) },
        .bars(
            ["trix": "Change of a threefold exponential mean over one bar, in percent."], .trend, ["length": 15],
            source: "Hutson 1983; TA-Lib TRIX"
        ) { p, _ in TripleExponentialOscillator(length: p[0]) },
        .formula(
            "sma-distance", "Close above its mean, as a fraction of that.", .trend, ["length": 50],
            source: "TA-Lib SMA",
            of: { p, _ in ["close", "sma_\(p[0])"] }
        ) { $0[0] / $0[1] - 1 },
        .formula(
            "ema-distance", "Close above its exponential mean, in average true ranges.", .trend,
            ["length": 20, "range": 14], source: "TA-Lib EMA, ATR",
            of: { p, _ in ["close", "ema_\(p[0])", "atr_\(p[1])"] }
        ) { FeatureFamily.ratio($0[0] - $0[1], $0[2]) },
        .formula(
            "kama-distance", "Close above its adaptive mean, as a fraction of that.", .trend, ["length": 10],
            source: "Kaufman 1995", of: { p, _ in ["close", "kama_\(p[0])"] }
        ) { $0[0] / $0[1] - 1 },
        .formula(
            "sar-distance", "Close above the parabolic stop, as a fraction of the close.", .trend,
            ["acceleration": 0.02, "limit": 0.2], source: "Wilder 1978",
            of: { p, _ in ["close", FeatureName.text("sar", p.numbers)] }
        ) { 1 - $0[1] / $0[0] },
        .formula(
            "macd-strength", "MACD less its signal, in average true ranges.", .trend,
            ["fast": 12, "slow": 26, "signal": 9, "range": 14], rising: 0..<2, source: "Appel 2005",
            of: { p, _ in ["macd-histogram_\(p[0])_\(p[1])_\(p[2])", "atr_\(p[3])"] }
        ) { FeatureFamily.ratio($0[0], $0[1]) },
        .formula(
            "directional-balance", "Upward less downward movement, as a fraction of the range, −1…1.", .trend,
            ["length": 14], source: "Wilder 1978", of: { p, _ in ["plus-di_\(p[0])", "minus-di_\(p[0])"] }
        ) { ($0[0] - $0[1]) / 100 },
        .formula(
            "trend-strength", "ADX over 100, 0…1.", .trend, ["length": 14], source: "Project specification F2",
            of: { p, _ in ["adx_\(p[0])"] }
        ) { $0[0] / 100 },
        .formula(
            "trend-direction", "Whether the fast average is above the slow one: 1 above, −1 below.", .trend,
            ["fast": 5, "slow": 20], rising: 0..<2, source: "Elder 1993",
            of: { p, _ in ["ema_\(p[0])", "ema_\(p[1])"] }
        ) { FeatureFamily.direction($0[0] - $0[1]) },
    ]
}
