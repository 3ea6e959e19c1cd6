public import Learning

/// The shape of a ``SequenceTransformer``.
public struct SequenceTransformerConfiguration: NetworkConfiguration {
    /// The names of the features, in the order of a row.
    public var features: [String]
    /// The rows of a window.
    public var window: Int
    /// The width of the encoder (d_model), a multiple of ``heads``.
    public var width: Int
    /// The heads of each attention.
    public var heads: Int
    /// The layers of the encoder.
    public var layers: Int
    /// The width between the two feed-forward maps of a layer (d_ff).
    public var feedForward: Int
    /// The share of values that training sets to zero.
    public var dropout: Double
    public var activation: TransformerEncoderLayer.Activation
    public var normalization: TransformerEncoderLayer.Normalization
    /// Whether newer steps count more in each attention, by ``TemporalBias``.
    public var favoursRecent: Bool
    /// The number of logits.
    public var outputs: Int

    public init(
        features: [String], window: Int = 60, width: Int = 256, heads: Int = 8, layers: Int = 6,
        feedForward: Int = 1024, dropout: Double = 0.1, activation: TransformerEncoderLayer.Activation = .relu,
        normalization: TransformerEncoderLayer.Normalization = .after, favoursRecent: Bool = false, outputs: Int = 1
    ) {
        self.features = features
        self.window = window
        self.width = width
        self.heads = heads
        self.layers = layers
        self.feedForward = feedForward
        self.dropout = dropout
        self.activation = activation
        self.normalization = normalization
        self.favoursRecent = favoursRecent
        self.outputs = outputs
    }

    public var quick: SequenceTransformerConfiguration {
        var quick = self
        (quick.width, quick.heads, quick.layers, quick.feedForward) = (32, 4, 2, 64)
        return quick
    }

    public func check() throws(LearningError) {
        try LearningError.requireNames(features, "features")
        try LearningError.require((1...100_000).contains(window), "window must be in 1...100000")
        try LearningError.requireHeads(heads, width: width)
        try LearningError.require((1...64).contains(layers), "layers must be in 1...64")
        try LearningError.require((1...65_536).contains(feedForward), "feedForward must be in 1...65536")
        try LearningError.requireDropout(dropout)
        try LearningError.require((1...1000).contains(outputs), "outputs must be in 1...1000")
    }
}
