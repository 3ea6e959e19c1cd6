public import Schema
internal import Synchronization

/// A model that says how likely the next close lies above the last one.
///
/// The same input gives the same bits, whatever else is asked at the same time: models that compute in batches do so at one
/// fixed shape and on one thread.
public protocol DirectionModel: Sendable {
    /// Rows of features that one prediction looks at, the newest included.
    var window: Int { get }

    /// Features of a row.
    var features: Int { get }

    /// The probability of up for each of `count` windows, shape `[count, window, features]`, unscaled, oldest row first.
    func probabilities(of windows: [Float], count: Int) throws -> [Float]
}

/// A model version as the registry keeps it.
public struct ModelArtifact: Sendable {
    public let version: String
    public let kind: DirectionModelKind
    public let featureSet: FeatureSetID
    public let weights: [UInt8]

    public init(version: String, kind: DirectionModelKind, featureSet: FeatureSetID, weights: [UInt8]) {
        self.version = version
        self.kind = kind
        self.featureSet = featureSet
        self.weights = weights
    }

    /// The model, ready to predict.
    public func model() throws -> any DirectionModel {
        switch kind {
        case .xgboost: TreesDirectionModel(try GradientBoostedTrees(bytes: weights))
        case .lstm: SequenceDirectionModel(try SequenceClassifier(bytes: weights))
        }
    }
}

/// The kinds of model that can be trained and served.
public enum DirectionModelKind: String, Codable, Sendable, CaseIterable {
    case xgboost, lstm
}

private struct TreesDirectionModel: DirectionModel {
    let window = 1
    var features: Int { trees.columns.count }
    private let trees: GradientBoostedTrees

    init(_ trees: GradientBoostedTrees) { self.trees = trees }

    func probabilities(of windows: [Float], count: Int) throws -> [Float] { try trees.predict(rows: windows) }
}

/// The network has one user at a time: its tensors are not `Sendable`, so it lives behind a lock.
private final class SequenceDirectionModel: DirectionModel {
    let window: Int
    let features: Int
    private let network: Mutex<SequenceClassifier>

    init(_ network: sending SequenceClassifier) {
        (window, features) = (network.configuration.window, network.configuration.features.count)
        self.network = Mutex(network)
    }

    func probabilities(of windows: [Float], count: Int) throws -> [Float] {
        try network.withLock { try $0.probabilities(of: windows, count: count) }
    }
}
