public import Schema

/// A model that says how likely the price goes up.
///
/// The same input gives the same bits, whatever else is asked at the same time: models that compute in batches do so at one
/// fixed shape and on one thread.
public protocol DirectionModel: Sendable {
    /// Rows of features that one prediction looks at, the newest included.
    var window: Int { get }

    /// Features of a row.
    var features: Int { get }

    /// The probability of up for each of the windows, each as long as ``window`` says.
    func probabilities(of inputs: ModelInputs) throws -> [Float]

    /// All that is said of each of the windows: the probability alone, unless the model knows more.
    func forecasts(of inputs: ModelInputs) throws -> [DirectionForecast]

    /// How much the model's inputs counted on these windows, by measures of its own; none where it has no such measure.
    func shares(on inputs: ModelInputs) throws -> [InputShares]

    /// What a probability of its own says to a trader.
    func signal(for probability: Double) -> DirectionSignal
}

extension DirectionModel {
    public func forecasts(of inputs: ModelInputs) throws -> [DirectionForecast] {
        try probabilities(of: inputs).map { DirectionForecast(probability: $0) }
    }

    public func shares(on inputs: ModelInputs) throws -> [InputShares] { [] }

    public func signal(for probability: Double) -> DirectionSignal { DirectionSignal(probability: probability) }
}

/// A model version as the registry keeps it.
public struct ModelArtifact: Sendable {
    public let version: String
    public let kind: any ModelKind.Type
    public let featureSet: FeatureSetID
    public let weights: [UInt8]

    public init(version: String, kind: any ModelKind.Type, featureSet: FeatureSetID, weights: [UInt8]) {
        self.version = version
        self.kind = kind
        self.featureSet = featureSet
        self.weights = weights
    }

    /// A version of a kind that the standard catalogue knows by the name `model`.
    ///
    /// - Throws: ``TrainingError/kind(_:known:)``
    public init(version: String, model: String, featureSet: FeatureSetID, weights: [UInt8]) throws(TrainingError) {
        self.init(
            version: version, kind: try ModelCatalogue.standard.kind(named: model), featureSet: featureSet,
            weights: weights)
    }

    /// The model, ready to predict.
    public func model() throws -> any DirectionModel { try kind.model(from: weights) }
}
