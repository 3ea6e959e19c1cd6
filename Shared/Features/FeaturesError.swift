public import Schema

/// What can go wrong with features.
public enum FeaturesError: Error, Equatable, Sendable {
    /// A state, or a consumer, that was made for another list of features.
    case featureSet(expected: FeatureSetID, found: FeatureSetID)
    /// A state of the right list of features whose parts do not fit it.
    case state(String)
    /// Numbers that a statistic cannot be taken of.
    case sample(String)
    /// A name that stands for no feature.
    case name(String, reason: String)
}

extension FeaturesError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .featureSet(let expected, let found): "feature set \(found) where \(expected) was expected"
        case .state(let reason): "the state of the features does not fit: \(reason)"
        case .sample(let reason): "a sample cannot be compared: \(reason)"
        case .name(let name, let reason): "feature \"\(name.prefix(80))\": \(reason)"
        }
    }
}
