public import Schema

/// How the feed judges its candles, and what it may repair.
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `market.outlier-score` | `50` | the robust z-score of a log return from which on a close is an outlier |
/// | `market.repair` | none | `fill-gaps`, `drop-outliers`, `widen-range`, comma separated: see ``RepairRules`` |
/// | `market.fill-limit` | `24` | candles that `fill-gaps` makes at most after a true one |
public struct QualitySettings: Sendable, Equatable {
    public let outlierScore: Double
    public let repair: RepairRules

    /// Outliers are marked, and nothing is repaired.
    public static let standard = Self(outlierScore: OutlierDetector.standardThreshold, repair: .none)

    public static let keys = [
        SettingKey("market.outlier-score", "50", "robust z-score of a log return from which on a close is an outlier"),
        SettingKey("market.repair", "none", "fill-gaps, drop-outliers and widen-range, comma separated, or none"),
        SettingKey("market.fill-limit", "24", "candles that fill-gaps makes at most after a true one"),
    ]

    public init(outlierScore: Double, repair: RepairRules) {
        (self.outlierScore, self.repair) = (outlierScore, repair)
    }

    /// `lookup`: Gives the text of a key, or `nil` where it is not set.
    public init(_ lookup: (String) -> String?) throws(SettingError) {
        func text(_ index: Int) -> String { lookup(Self.keys[index].name) ?? Self.keys[index].standard }
        guard let score = Double(text(0)), score > 0 else {
            throw SettingError("market.outlier-score: \"\(text(0))\" is no number above zero")
        }
        var rules: Set<RepairRules.Rule> = []
        let names = text(1).split(separator: ",").map { $0.filter { $0 != " " } }
        for name in names where names != ["none"] {
            guard let rule = RepairRules.Rule(rawValue: name) else {
                let all = RepairRules.Rule.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingError("market.repair: \"\(name)\" is none of \(all)")
            }
            rules.insert(rule)
        }
        guard let limit = Int(text(2)), limit >= 0 else {
            throw SettingError("market.fill-limit: \"\(text(2))\" is no number of candles")
        }
        self.init(outlierScore: score, repair: RepairRules(rules, fillLimit: limit))
    }
}
