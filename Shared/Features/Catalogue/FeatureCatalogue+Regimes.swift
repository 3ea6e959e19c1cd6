extension FeatureCatalogue {
    static let regimes: [FeatureFamily] = [
        .bars(
            [
                "volatility-rank": "Share of the newest volatilities below the newest one, 0…1.",
                "volatility-regime": "By thirds of that: 0 low, 1 medium, 2 high.",
            ], .regime, ["length": 20, "past": 250], minimum: 2, source: "Project specification F8", cost: .length
        ) { p, _ in VolatilityRegime(length: p[0], past: p[1]) },
        .bars(
            [
                "trend-score": "Log return over the bars in deviations of a random walk.",
                "trend-regime": "By that: 1 bull, 0 sideways, −1 bear.",
            ], .regime, ["length": 168, "threshold": 1.0], minimum: 2, source: "Project specification F8"
        ) { p, _ in TrendRegime(length: p[0], threshold: p.number(1)) },
        .bars(
            [
                "trend-age": "Logarithm of one plus the bars since the fast average crossed the slow one.",
                "trend-decay": "ADX over 100, halved with each half-life of that age, signed, −1…1.",
            ], .regime, ["fast": 5, "slow": 20, "strength": 14, "half-life": 24], rising: 0..<2, minimum: 2,
            source: "Project specification F6"
        ) { p, _ in TrendDecay(fast: p[0], slow: p[1], strength: p[2], halfLife: p[3]) },
        .bars(
            ["hurst": "How spreads grow with time: 0.5 a random walk, above it trends, below it reversals."], .regime,
            ["length": 200, "interval": 8], minimum: 6, source: "Hurst 1951; deviation over lags", cost: .length
        ) { p, _ in RollingHurst(length: p[0], interval: p[1]) },
        .bars(
            [
                "calm-probability": "Of the calmest of three hidden states, 0…1.",
                "wild-probability": "Of the wildest of them, 0…1.",
            ], .regime, ["length": 250, "interval": 24], minimum: 6, source: "Hamilton 1989", cost: .length
        ) { p, _ in HiddenRegime(length: p[0], interval: p[1]) },
        .bars(
            [
                "volatility-change-age": "Logarithm of one plus the bars since the volatility's last change was found.",
                "volatility-change": "Mean absolute returns after and before it, difference over sum, −1…1.",
            ], .regime, ["length": 100, "interval": 8], source: "Bifet and Gavaldà 2007"
        ) { p, _ in VolatilityChange(length: p[0], interval: p[1]) },
        .bars(
            [
                "trend-change-age": "Logarithm of one plus the bars since the mean return's last change was found.",
                "trend-change": "1 up, −1 down, halved with each half-life of that age.",
            ], .regime, ["length": 100, "tolerance": 0.1, "threshold": 20.0, "half-life": 100], minimum: 2,
            source: "Page 1954, Hinkley 1971"
        ) { p, _ in TrendChange(length: p[0], tolerance: p.number(1), threshold: p.number(2), halfLife: p[3]) },
    ]
}
