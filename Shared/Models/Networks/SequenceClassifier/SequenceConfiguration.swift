public import Learning

/// The architecture of a ``SequenceClassifier`` and how it is trained.
public struct SequenceConfiguration: Codable, Sendable, Equatable {
    /// The names of the features, in the order of a row.
    public var features: [String]
    /// The rows of a window.
    public var window: Int
    /// The width of the LSTM.
    public var hidden: Int
    /// The layers of the LSTM.
    public var layers: Int
    /// The share of the last step's values that training sets to zero.
    public var dropout: Double
    /// Whether rare positives weigh as much as all negatives together.
    public var balanced: Bool
    /// The fixed batch shape of predictions.
    public var predictionBatch: Int
    public var training: TrainingConfiguration

    public init(
        features: [String], window: Int = 60, hidden: Int = 32, layers: Int = 1, dropout: Double = 0,
        balanced: Bool = false, predictionBatch: Int = 32, training: TrainingConfiguration = TrainingConfiguration()
    ) {
        self.features = features
        self.window = window
        self.hidden = hidden
        self.layers = layers
        self.dropout = dropout
        self.balanced = balanced
        self.predictionBatch = predictionBatch
        self.training = training
    }

    /// Refuses numbers outside their range.
    public func check() throws(LearningError) {
        func require(_ holds: Bool, _ rule: String) throws(LearningError) {
            guard holds else { throw .configuration(rule) }
        }
        try require(!features.isEmpty && Set(features).count == features.count, "features must be there, and different")
        try require((1...100_000).contains(window), "window must be in 1...100000")
        try require((1...8192).contains(hidden), "hidden must be in 1...8192")
        try require((1...16).contains(layers), "layers must be in 1...16")
        try require(dropout >= 0 && dropout < 1, "dropout must be in [0, 1)")
        try require((1...4096).contains(predictionBatch), "predictionBatch must be in 1...4096")
        try training.check()
    }
}
