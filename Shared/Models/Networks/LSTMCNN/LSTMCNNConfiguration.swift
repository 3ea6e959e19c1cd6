public import Learning

/// The shape of an ``LSTMCNN``.
public struct LSTMCNNConfiguration: NetworkConfiguration {
    /// How convolutions and LSTM are put together.
    public enum Arrangement: String, Codable, Sendable, CaseIterable {
        /// Both read the window, and what they say is joined.
        case beside
        /// The LSTM reads what the convolutions have made of the window.
        case stacked
    }

    /// The names of the features, in the order of a row.
    public var features: [String]
    /// The rows of a window.
    public var window: Int
    /// The channels of each convolution, from below.
    public var channels: [Int]
    /// The steps that a convolution sees; odd, so that its output has as many steps as its input.
    public var kernel: Int
    /// The steps of which the pool after the convolutions keeps the largest.
    public var pool: Int
    /// The width of the LSTM.
    public var hidden: Int
    /// The layers of the LSTM.
    public var layers: Int
    /// The width of the layer that joins both.
    public var fusion: Int
    /// The number of logits.
    public var outputs: Int
    /// The share of values that training sets to zero before each of the last two layers.
    public var dropout: Double
    public var arrangement: Arrangement

    public init(
        features: [String], window: Int = 60, channels: [Int] = [64, 128], kernel: Int = 3, pool: Int = 2,
        hidden: Int = 128, layers: Int = 2, fusion: Int = 64, outputs: Int = 1, dropout: Double = 0.2,
        arrangement: Arrangement = .beside
    ) {
        self.features = features
        self.window = window
        self.channels = channels
        self.kernel = kernel
        self.pool = pool
        self.hidden = hidden
        self.layers = layers
        self.fusion = fusion
        self.outputs = outputs
        self.dropout = dropout
        self.arrangement = arrangement
    }

    public var quick: LSTMCNNConfiguration {
        var quick = self
        (quick.channels, quick.hidden, quick.layers, quick.fusion) = ([16, 32], 32, 1, 16)
        return quick
    }

    public func check() throws(LearningError) {
        try LearningError.requireNames(features, "features")
        try LearningError.require((1...100_000).contains(window), "window must be in 1...100000")
        try LearningError.require(
            !channels.isEmpty && channels.allSatisfy { (1...8192).contains($0) }, "channels must be in 1...8192")
        try LearningError.require(kernel > 0 && kernel % 2 == 1, "kernel must be odd and above zero")
        try LearningError.require((1...window).contains(pool), "pool must be in 1...window")
        try LearningError.require((1...8192).contains(hidden), "hidden must be in 1...8192")
        try LearningError.require((1...16).contains(layers), "layers must be in 1...16")
        try LearningError.require((1...8192).contains(fusion), "fusion must be in 1...8192")
        try LearningError.require((1...1000).contains(outputs), "outputs must be in 1...1000")
        try LearningError.requireDropout(dropout)
    }
}
