internal import Schema

extension FeatureCatalogue {
    static let volatility: [FeatureFamily] = [
        .bars(
            [
                "bollinger-upper": "Upper band, in the price's unit.", "bollinger-middle": "Mean of the closes.",
                "bollinger-lower": "Lower band, in the price's unit.",
                "bollinger-width": "Distance between the bands, as a fraction of the middle.",
                "bollinger-b": "Place of the close between the bands: 0 lower, 1 upper.",
            ], .volatility, ["length": 20, "deviations": 2.0], source: "Bollinger 2001; TA-Lib BBANDS"
        ) { p, _ in BollingerBands(length: p[0], deviations: p.number(1)) },
        .bars(
            ["deviation": "Standard deviation of the closes, in the price's unit."], .volatility, ["length": 20],
            source: "TA-Lib STDDEV"
        ) { p, _ in StandardDeviation(length: p[0]) },
        .bars(
            [
                "atr": "Average true range, in the price's unit.", "natr": "The same in percent of the close.",
                "true-range": "True range of the bar, in the price's unit.",
            ], .volatility, ["length": 14], source: "Wilder 1978; TA-Lib ATR, NATR, TRANGE"
        ) { p, _ in AverageTrueRange(length: p[0]) },
        .bars(
            [
                "keltner-upper": "Upper band, in the price's unit.",
                "keltner-middle": "Exponential mean of the closes.",
                "keltner-lower": "Lower band, in the price's unit.",
            ], .volatility, ["length": 20, "range": 10, "multiple": 2.0], source: "Keltner 1960; StockCharts"
        ) { p, _ in KeltnerChannel(length: p[0], range: p[1], multiple: p.number(2)) },
        .formula(
            "keltner-position", "Place of the close between the bands: 0 lower, 1 upper.", .volatility,
            ["length": 20, "range": 10, "multiple": 2.0], source: "Keltner 1960",
            of: { p, _ in
                ["close", FeatureName.text("keltner-lower", p.numbers), FeatureName.text("keltner-upper", p.numbers)]
            }
        ) { FeatureFamily.ratio($0[0] - $0[1], $0[2] - $0[1], otherwise: 0.5) },
        .bars(
            ["log-return": "Logarithm of the close over the one before."], .volatility, source: "Logarithm of the ratio"
        ) { _, _ in LogReturn() },
        .bars(
            [
                "volatility": "Deviation of the log returns, annualised, as a fraction.",
                "volatility-rms": "Root of their mean square, annualised, as a fraction.",
            ], .volatility, ["length": 20], minimum: 2, source: "Sample deviation of log returns"
        ) { p, timeframe in RealisedVolatility(length: p[0], perYear: timeframe.perYear) },
        .bars(
            ["volatility-parkinson": "From the range of the bars, annualised, as a fraction."], .volatility,
            ["length": 24], source: "Parkinson 1980"
        ) { p, timeframe in RangeVolatility(.parkinson, length: p[0], perYear: timeframe.perYear) },
        .bars(
            ["volatility-garman-klass": "From range and move of the bars, annualised, as a fraction."], .volatility,
            ["length": 24], source: "Garman and Klass 1980"
        ) { p, timeframe in RangeVolatility(.garmanKlass, length: p[0], perYear: timeframe.perYear) },
        .bars(
            ["volatility-rogers-satchell": "The same, true for a drift too, annualised, as a fraction."], .volatility,
            ["length": 24], source: "Rogers and Satchell 1991"
        ) { p, timeframe in RangeVolatility(.rogersSatchell, length: p[0], perYear: timeframe.perYear) },
        .bars(
            ["volatility-yang-zhang": "From gaps, moves and ranges, annualised, as a fraction."], .volatility,
            ["length": 24], minimum: 2, source: "Yang and Zhang 2000"
        ) { p, timeframe in YangZhangVolatility(length: p[0], perYear: timeframe.perYear) },
        .bars(
            ["volatility-ratio": "Volatility of the newest closes over that of many; 1 where those did not move."],
            .volatility, ["short": 20, "long": 100], rising: 0..<2, minimum: 2, source: "Project specification F2"
        ) { p, _ in VolatilityRatio(short: p[0], long: p[1]) },
    ]
}
