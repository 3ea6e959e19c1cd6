#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension FeatureCatalogue {
    static let volume: [FeatureFamily] = [
        .bars(
            ["obv": "Volume counted up with rising and down with falling closes, in base currency."], .volume,
            source: "Granville 1963; TA-Lib OBV"
        ) { _, _ in OnBalanceVolume() },
        .bars(
            ["obv-slope": "Its change over the bars, as a fraction of their volume, −1…1."], .volume, ["length": 20],
            source: "Granville 1963"
        ) { p, _ in BalanceSlope(length: p[0]) },
        .bars(
            ["accumulation": "Accumulation/distribution line, in base currency."], .volume,
            source: "Chaikin; TA-Lib AD"
        ) { _, _ in AccumulationDistribution() },
        .bars(
            ["chaikin-oscillator": "Fast less slow average of that line, in base currency."], .volume,
            ["fast": 3, "slow": 10], rising: 0..<2, source: "Chaikin; TA-Lib ADOSC"
        ) { p, _ in ChaikinOscillator(fast: p[0], slow: p[1]) },
        .bars(
            ["mfi": "Share of the money that flowed while the price rose, 0…100."], .volume, ["length": 14],
            source: "Quong and Soudack 1989; TA-Lib MFI"
        ) { p, _ in MoneyFlowIndex(length: p[0]) },
        .bars(
            ["cmf": "Volume weighted by the place of the closes, as a fraction of the volume, −1…1."], .volume,
            ["length": 20], source: "Chaikin"
        ) { p, _ in ChaikinMoneyFlow(length: p[0]) },
        .bars(
            ["volume-sma": "Mean volume of the bars, in base currency."], .volume, ["length": 20],
            source: "TA-Lib SMA"
        ) { p, _ in VolumeAverage(length: p[0]) },
        .bars(
            [
                "relative-volume": "Volume over the mean of the bars before.",
                "relative-volume-inclusive": "Volume over the mean of the bars up to this one.",
                "volume-z": "Volume above the mean of the bars before, in their deviations.",
            ], .volume, ["length": 20], minimum: 2, source: "Project specification F1"
        ) { p, _ in RelativeVolume(length: p[0]) },
        .formula(
            "volume-excess", "Logarithm of one plus the volume over the mean of the bars before.", .volume,
            ["length": 20], source: "Project specification F1", of: { p, _ in ["relative-volume_\(p[0])"] }
        ) { log1p($0[0]) },
        .bars(
            ["volume-surge": "Mean volume of the newest bars over that of many."], .volume, ["short": 10, "long": 50],
            rising: 0..<2,
            source: "Project specification F1"
        ) { p, _ in VolumeSurge(short: p[0], long: p[1]) },
    ]
}
