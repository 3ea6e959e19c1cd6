public import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension FeatureSet {
    /// The features that all models of the pipeline start with.
    ///
    /// `primary` is the timeframe of the predictions. Of the longer ones in `higher`, the relative strength is taken of the
    /// shortest and the volatility regime of the longest; without any, the features across timeframes are left out.
    public static func standard(
        primary: Timeframe, higher: [Timeframe], parameters: FeatureParameters = FeatureParameters()
    ) -> FeatureSet {
        precondition(higher.allSatisfy { $0 > primary }, "higher timeframes must be longer than the primary one")
        let higher = Set(higher).sorted()
        let lengths = parameters
        let panel = PrimaryPanel(lengths, timeframe: primary)
        var features: [Feature] = []
        func add(
            _ name: String, _ group: Feature.Group, warmUp: Int, _ meaning: String, source: String,
            timeframe: Timeframe? = nil, _ formula: @escaping @Sendable (Feature.Context) -> Double
        ) {
            features.append(
                Feature(
                    name: name, group: group, timeframe: timeframe ?? primary, warmUp: warmUp, meaning: meaning,
                    source: source, formula: Feature.Formula(value: formula)))
        }

        // Name, group, bars until the first value, meaning, source; formula.
        add(
            "momentum.\(lengths.momentum)", .momentum, warmUp: panel.momentum.warmUp,
            "Change of the close over the bars, as a fraction.", source: "TA-Lib ROCP"
        ) { $0.primary[.momentum] }
        add(
            "rsi.\(lengths.relativeStrength)", .momentum, warmUp: panel.relativeStrength.warmUp,
            "Share of the gains in all movement, 0…1.", source: "Wilder 1978; TA-Lib RSI"
        ) { $0.primary[.relativeStrength] / 100 }
        add(
            "macd-histogram.\(lengths.convergenceFast).\(lengths.convergenceSlow).\(lengths.convergenceSignal)",
            .momentum,
            warmUp: max(panel.convergence.warmUp, panel.trueRange.warmUp),
            "MACD minus its signal, in average true ranges.", source: "Appel 2005; TA-Lib MACD"
        ) { ratio($0.primary[.convergenceHistogram], $0.primary[.trueRange]) }
        add(
            "stochastic.\(lengths.stochastic).\(lengths.stochasticSmoothing)", .momentum,
            warmUp: panel.stochastic.warmUp,
            "Place of the close in the range of the bars, smoothed, 0…1.", source: "Lane 1984; TA-Lib STOCH slowk"
        ) { $0.primary[.stochastic] / 100 }

        add(
            "ema-distance.\(lengths.exponentialAverage)", .trend,
            warmUp: max(panel.exponentialAverage.warmUp, panel.trueRange.warmUp),
            "Close above its exponential average, in average true ranges.", source: "TA-Lib EMA, ATR"
        ) { ratio($0.primary[.close] - $0.primary[.exponentialAverage], $0.primary[.trueRange]) }
        add(
            "sma-distance.\(lengths.simpleAverage)", .trend, warmUp: panel.simpleAverage.warmUp,
            "Close above its simple average, as a fraction of it.", source: "TA-Lib SMA"
        ) { $0.primary[.close] / $0.primary[.simpleAverage] - 1 }
        add(
            "adx.\(lengths.directionalMovement)", .trend, warmUp: panel.directional.warmUp,
            "Strength of the trend, whichever way, 0…1.", source: "Wilder 1978; TA-Lib ADX"
        ) { $0.primary[.trendStrength] / 100 }
        add(
            "directional.\(lengths.directionalMovement)", .trend, warmUp: lengths.directionalMovement + 1,
            "Upward minus downward movement, as a fraction of the range, −1…1.", source: "Wilder 1978; TA-Lib ±DI"
        ) { ($0.primary[.plus] - $0.primary[.minus]) / 100 }

        add(
            "natr.\(lengths.trueRange)", .volatility, warmUp: panel.trueRange.warmUp,
            "Average true range as a fraction of the close.", source: "Wilder 1978; TA-Lib NATR"
        ) { $0.primary[.normalisedRange] / 100 }
        add(
            "bollinger-b.\(lengths.bollinger).\(lengths.bollingerDeviations)", .volatility,
            warmUp: panel.bollinger.warmUp,
            "Place of the close between the bands: 0 lower, 1 upper.", source: "Bollinger 2001; TA-Lib BBANDS"
        ) { $0.primary[.percentB] }
        add(
            "bollinger-width.\(lengths.bollinger).\(lengths.bollingerDeviations)", .volatility,
            warmUp: panel.bollinger.warmUp,
            "Distance between the bands as a fraction of their middle.", source: "Bollinger 2001; TA-Lib BBANDS"
        ) { $0.primary[.bandWidth] }
        add(
            "volatility-ratio.\(lengths.volatilityShort).\(lengths.volatilityLong)", .volatility,
            warmUp: panel.volatilityLong.warmUp,
            "Realised volatility of the short window over that of the long one; 1 when the long one is zero.",
            source: "Sample deviation of log returns"
        ) { ratio($0.primary[.volatilityShort], $0.primary[.volatilityLong], otherwise: 1) }
        add(
            "spread-pressure", .volatility, warmUp: 1,
            "High minus low, as a fraction of the close.", source: "Project specification F2"
        ) { $0.primary[.spread] / $0.primary[.close] }

        add(
            "volume-surge.\(lengths.volumeSurge)", .volume, warmUp: panel.volumeSurge.warmUp,
            "Logarithm of one plus the volume over the mean of the bars before.", source: "Project specification F1"
        ) { log1p($0.primary[.volumeSurge]) }
        add(
            "obv-slope.\(lengths.balanceSlope)", .volume, warmUp: panel.balance.warmUp,
            "Change of on-balance volume as a fraction of the volume traded, −1…1.",
            source: "Granville 1963; TA-Lib OBV"
        ) { $0.primary[.balanceSlope] }

        add(
            "resistance-distance.\(lengths.levels)", .levels, warmUp: panel.levels.warmUp,
            "Rise to the highest high of the bars, as a fraction of the close.", source: "Donchian 1960; TA-Lib MAX"
        ) { $0.primary[.resistance] }
        add(
            "support-distance.\(lengths.levels)", .levels, warmUp: panel.levels.warmUp,
            "Fall to the lowest low of the bars, as a fraction of the close.", source: "Donchian 1960; TA-Lib MIN"
        ) { $0.primary[.support] }

        for (cycle, length) in [("hour", Timeframe.day1.nanoseconds), ("weekday", 7 * Timeframe.day1.nanoseconds)] {
            // 1970-01-01 was a Thursday: the week's circle begins there, at midnight UTC.
            add(
                "\(cycle)-sine", .calendar, warmUp: 1,
                "Sine of the close time's place in the \(cycle == "hour" ? "day" : "week"), UTC.",
                source: "Circle of time"
            ) { sin(angle($0.closeTime, cycle: length)) }
            add(
                "\(cycle)-cosine", .calendar, warmUp: 1,
                "Cosine of the close time's place in the \(cycle == "hour" ? "day" : "week"), UTC.",
                source: "Circle of time"
            ) { cos(angle($0.closeTime, cycle: length)) }
        }

        if let shortest = higher.first, let longest = higher.last {
            let panel = HigherPanel(lengths, timeframe: longest)
            let names = ([primary] + higher).map(\.rawValue).joined(separator: ".")
            add(
                "trend-alignment.\(names)", .crossTimeframe, warmUp: panel.slow.warmUp,
                "Mean over the timeframes of the trend's direction, −1…1: MACD's sign for the primary, fast against slow "
                    + "average for the others.", source: "Elder 1993, triple screen", timeframe: longest
            ) { context in
                var sum = direction(context.primary[.convergence])
                for readings in context.higher { sum += direction(readings[.fast] - readings[.slow]) }
                return sum / Double(1 + context.higher.count)
            }
            add(
                "rsi.\(lengths.higherRelativeStrength).\(shortest.rawValue)", .crossTimeframe,
                warmUp: panel.relativeStrength.warmUp, "Relative strength of the longer timeframe, 0…1.",
                source: "Wilder 1978; TA-Lib RSI", timeframe: shortest
            ) { $0.higher[0][.relativeStrength] / 100 }
            let last = higher.count - 1
            add(
                "volatility-regime.\(lengths.regimeShort).\(lengths.regimeLong).\(longest.rawValue)", .crossTimeframe,
                warmUp: panel.volatilityLong.warmUp,
                "Realised volatility of the newest bars of the longer timeframe over that of many; 1 when that is zero.",
                source: "Sample deviation of log returns", timeframe: longest
            ) { ratio($0.higher[last][.volatilityShort], $0.higher[last][.volatilityLong], otherwise: 1) }
        }
        return FeatureSet(primary: primary, higher: higher, parameters: parameters, features: features)
    }

    /// A quotient, or `otherwise` when the divisor is zero: a market that does not move has no scale.
    private static func ratio(_ value: Double, _ divisor: Double, otherwise: Double = 0) -> Double {
        divisor == 0 ? otherwise : value / divisor
    }

    /// −1, 0 or 1; `NaN` stays `NaN`.
    private static func direction(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : value }

    private static func angle(_ time: UnixNanos, cycle: Int64) -> Double {
        2 * Double.pi * Double(time.rawValue % cycle) / Double(cycle)
    }
}
