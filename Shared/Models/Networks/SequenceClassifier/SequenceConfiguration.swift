public import Learning

/// The shape of a ``SequenceClassifier``.
public struct SequenceConfiguration: NetworkConfiguration {
    /// The names of the features, in the order of a row.
    public var features: [String]
    /// The width of the LSTM.
    public var hidden: Int
    /// The layers of the LSTM.
    public var layers: Int
    /// The share of the last step's values that training sets to zero.
    public var dropout: Double
    /// The number of logits.
    public var outputs: Int

    public init(features: [String], hidden: Int = 32, layers: Int = 1, dropout: Double = 0, outputs: Int = 1) {
        self.features = features
        self.hidden = hidden
        self.layers = layers
        self.dropout = dropout
        self.outputs = outputs
    }

    public var quick: SequenceConfiguration {
        var quick = self
        (quick.hidden, quick.layers) = (8, 1)
        return quick
    }

    public func check() throws(LearningError) {
        try LearningError.requireNames(features, "features")
        try LearningError.require((1...8192).contains(hidden), "hidden must be in 1...8192")
        try LearningError.require((1...16).contains(layers), "layers must be in 1...16")
        try LearningError.require((1...1000).contains(outputs), "outputs must be in 1...1000")
        try LearningError.requireDropout(dropout)
    }
}
