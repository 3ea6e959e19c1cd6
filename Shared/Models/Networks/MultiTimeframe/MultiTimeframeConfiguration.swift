public import Learning

/// The shape of a ``MultiTimeframeModel``.
public struct MultiTimeframeConfiguration: NetworkConfiguration {
    /// What reads the window of a timeframe.
    public enum Reader: String, Codable, Sendable, CaseIterable {
        case lstm, gru, tcn
    }

    /// A timeframe and how it is read.
    public struct Path: Codable, Sendable, Equatable {
        /// The timeframe's name, such as `15m`.
        public var timeframe: String
        public var reader: Reader
        /// The bars of its window.
        public var window: Int

        public init(_ timeframe: String, _ reader: Reader, window: Int = 60) {
            self.timeframe = timeframe
            self.reader = reader
            self.window = window
        }
    }

    /// The names of the features, in the order of a row; the same in each timeframe.
    public var features: [String]
    /// The timeframes, finest first.
    public var paths: [Path]
    /// The width of all readers and of the attention, a multiple of ``heads``.
    public var hidden: Int
    /// The layers of each reader.
    public var layers: Int
    /// The heads of the attention between the timeframes.
    public var heads: Int
    /// The width of the layer that joins the timeframes.
    public var fusion: Int
    /// The number of logits.
    public var outputs: Int
    /// The share of values that training sets to zero: in temporal convolutions, of the attention's weights, and before
    /// the last layer.
    public var dropout: Double

    public init(
        features: [String], paths: [Path] = [Path("15m", .lstm), Path("4h", .gru), Path("1d", .tcn)],
        hidden: Int = 64, layers: Int = 1, heads: Int = 4, fusion: Int = 32, outputs: Int = 1, dropout: Double = 0.2
    ) {
        self.features = features
        self.paths = paths
        self.hidden = hidden
        self.layers = layers
        self.heads = heads
        self.fusion = fusion
        self.outputs = outputs
        self.dropout = dropout
    }

    public var quick: MultiTimeframeConfiguration {
        var quick = self
        (quick.hidden, quick.layers, quick.heads) = (16, 1, 2)
        return quick
    }

    public func check() throws(LearningError) {
        try LearningError.requireNames(features, "features")
        try LearningError.requireNames(paths.map(\.timeframe), "timeframes")
        try LearningError.require(
            paths.allSatisfy { (1...100_000).contains($0.window) }, "windows must be in 1...100000")
        try LearningError.requireHeads(heads, width: hidden)
        try LearningError.require((1...16).contains(layers), "layers must be in 1...16")
        try LearningError.require((1...8192).contains(fusion), "fusion must be in 1...8192")
        try LearningError.require((1...1000).contains(outputs), "outputs must be in 1...1000")
        try LearningError.requireDropout(dropout)
    }
}
