public import Market
public import Schema

/// Which features there are.
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `features.set` | `standard` | names, comma separated |
///
/// A name is a feature's (`rsi_21`, `macd-signal@4h`), a group's (`momentum`), `standard` or `full`; with a minus before it,
/// what it names is left out.
public struct FeatureSettings: Sendable, Equatable {
    public static let standard = FeatureSettings(text: "standard")
    public static let keys = [
        SettingKey(
            "features.set", "standard", "features, groups, standard or full, comma separated; -name leaves one out")
    ]

    public let text: String

    public init(text: String) { self.text = text }

    /// `lookup`: Gives the text of a key, or `nil` where it is not set.
    public init(_ lookup: (String) -> String?) {
        self.init(text: lookup(Self.keys[0].name) ?? Self.keys[0].standard)
    }

    /// The features over a market's timeframes.
    ///
    /// - Throws: ``FeaturesError/name(_:reason:)`` for a name that stands for nothing, or when nothing is left.
    public func featureSet(primary: Timeframe, higher: [Timeframe]) throws(FeaturesError) -> FeatureSet {
        var names: [String] = []
        for part in text.split(separator: ",").map({ $0.filter { $0 != " " } }) where !part.isEmpty {
            let isLeftOut = part.hasPrefix("-")
            let meant = try Self.names(meant: String(isLeftOut ? part.dropFirst() : part[...]), primary, higher)
            if isLeftOut {
                names.removeAll { meant.contains($0) }
            } else {
                names += meant.filter { !names.contains($0) }
            }
        }
        guard !names.isEmpty else { throw .name(text, reason: "it leaves no feature") }
        return try FeatureSet(names, primary: primary, higher: higher)
    }

    /// The same over the market's own timeframes, for those who start with settings.
    ///
    /// - Throws: A `SettingError` that names the setting.
    public func featureSet(_ market: MarketSettings) throws(SettingError) -> FeatureSet {
        do {
            return try featureSet(primary: market.base, higher: market.higher)
        } catch {
            throw SettingError("\(Self.keys[0].name): \(error)")
        }
    }

    /// Full names, so that each feature has one.
    private static func names(
        meant text: String, _ primary: Timeframe, _ higher: [Timeframe]
    ) throws(FeaturesError) -> [String] {
        switch text {
        case "standard": return FeatureSet.standard(primary: primary, higher: higher).names
        case "full": return FeatureSet.full(primary: primary, higher: higher).names
        default: break
        }
        if let group = FeatureFamily.Group(rawValue: text) {
            let outputs = FeatureCatalogue.families.filter { $0.group == group }.flatMap(\.outputs)
            return try FeatureSet(outputs.map(\.name), primary: primary, higher: higher).names
        }
        return try FeatureSet([text], primary: primary, higher: higher).names
    }
}
