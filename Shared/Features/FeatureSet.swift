public import Schema

/// A list of features, in the order in which models get them.
public struct FeatureSet: Sendable {
    /// Raised whenever a formula or an indicator changes, so that old and new values are never taken for the same.
    public static let codeRevision = "features-1"

    /// The timeframe at whose closes vectors are made.
    public let primary: Timeframe
    /// The longer timeframes that features look at, shortest first.
    public let higher: [Timeframe]
    public let parameters: FeatureParameters
    public let features: [Feature]
    /// Names, parameters and code revision as one number.
    public let id: FeatureSetID

    init(primary: Timeframe, higher: [Timeframe], parameters: FeatureParameters, features: [Feature]) {
        precondition(Set(features.map(\.name)).count == features.count, "feature names must be unique")
        self.primary = primary
        self.higher = higher
        self.parameters = parameters
        self.features = features
        id = Self.identify(primary: primary, higher: higher, parameters: parameters, features: features)
    }

    public var names: [String] { features.map(\.name) }
    public var count: Int { features.count }

    /// Bars of a timeframe until every feature that depends on it has a value; 0 when none does.
    public func warmUp(of timeframe: Timeframe) -> Int {
        features.lazy.filter { $0.timeframe == timeframe }.map(\.warmUp).max() ?? 0
    }

    /// FNV-1a, 64 bits (Fowler, Noll and Vo; RFC 9923), of a text that lists everything that decides the values.
    private static func identify(
        primary: Timeframe, higher: [Timeframe], parameters: FeatureParameters, features: [Feature]
    ) -> FeatureSetID {
        var text = "\(codeRevision)\n\(primary.rawValue)\n\(higher.map(\.rawValue).joined(separator: ","))\n"
        for feature in features { text += "\(feature.name) \(feature.timeframe.rawValue) \(feature.warmUp)\n" }
        for (label, value) in Mirror(reflecting: parameters).children { text += "\(label ?? "") \(value)\n" }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return FeatureSetID(hash)
    }
}
