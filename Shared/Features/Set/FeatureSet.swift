public import Schema

/// A list of features, in the order in which models get them.
public struct FeatureSet: Sendable {
    /// Raised whenever something changes the values of all features, so that old and new ones are never taken for the same.
    public static let codeRevision = "features-3"

    /// The timeframe at whose closes vectors are made.
    public let primary: Timeframe
    /// The longer timeframes that features may look at, shortest first.
    public let higher: [Timeframe]
    public let features: [Feature]
    /// Names, parameters and code revisions as one number.
    public let id: FeatureSetID
    /// How they are computed: one for all copies of the set, so that handing it on is cheap.
    var plan: FeaturePlan { shared.plan }
    private let shared: SharedPlan
    /// For each feature, the slot of its value.
    let slots: [Int]
    /// The slots of what a vector carries beside its values.
    let closeSlot: Int
    let volatilitySlot: Int

    /// Creates a set of features of the catalogue.
    ///
    /// - Parameters:
    ///   - names: What is wanted, for example `rsi_14`, `rsi` (with the standard parameters) or `rsi_14@4h`; in any order, of
    ///     the same one given twice the second is ignored.
    ///   - primary: The timeframe at whose closes vectors are made, and of names that give none.
    ///   - higher: The longer timeframes that may be named.
    /// - Throws: ``FeaturesError/name(_:reason:)``.
    public init(_ names: [String], primary: Timeframe, higher: [Timeframe]) throws(FeaturesError) {
        precondition(higher.allSatisfy { $0 > primary }, "higher timeframes must be longer than the primary one")
        let higher = Set(higher).sorted()
        var plan = FeaturePlan(primary: primary, higher: higher)
        var features: [Feature] = []
        var slots: [Int] = []
        for name in names {
            let (slot, feature) = try plan.slot(of: name)
            guard !slots.contains(slot) else { continue }
            slots.append(slot)
            features.append(feature)
        }
        closeSlot = try plan.slot(of: "close").0
        volatilitySlot = try plan.slot(of: "volatility_20").0
        self.primary = primary
        self.higher = higher
        self.features = features
        self.slots = slots
        shared = SharedPlan(plan)
        id = Self.identify(primary, higher, features.map(\.name), plan.description)
    }

    private final class SharedPlan: Sendable {
        let plan: FeaturePlan
        init(_ plan: FeaturePlan) { self.plan = plan }
    }

    public var names: [String] { features.map(\.name) }
    public var count: Int { features.count }

    /// Bars of a timeframe until every feature that looks at it has a value; 0 when none does.
    public func warmUp(of timeframe: Timeframe) -> Int { features.lazy.map { $0.warmUp(of: timeframe) }.max() ?? 0 }

    /// FNV-1a, 64 bits (Fowler, Noll and Vo; RFC 9923), of a text that lists everything that decides the values.
    private static func identify(
        _ primary: Timeframe, _ higher: [Timeframe], _ names: [String], _ plan: String
    ) -> FeatureSetID {
        let timeframes = ([primary] + higher).map(\.rawValue).joined(separator: ",")
        let text = "\(codeRevision)\n\(timeframes)\n\(names.joined(separator: "\n"))\n\(plan)"
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return FeatureSetID(hash)
    }
}
