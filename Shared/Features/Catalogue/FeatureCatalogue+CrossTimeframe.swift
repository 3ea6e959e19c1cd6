internal import Schema

extension FeatureCatalogue {
    static let crossTimeframe: [FeatureFamily] = [
        .formula(
            "trend-alignment", "Mean of the trend's direction over the set's timeframes, −1…1.", .crossTimeframe,
            ["fast": 5, "slow": 20], rising: 0..<2, source: "Elder 1993, triple screen",
            of: { p, place in
                ([place.primary] + place.higher).map { "trend-direction_\(p[0])_\(p[1])@\($0.rawValue)" }
            }
        ) { directions in
            var sum = 0.0
            for index in 0..<directions.count { sum += directions[index] }
            return sum / Double(directions.count)
        }
    ]
}
