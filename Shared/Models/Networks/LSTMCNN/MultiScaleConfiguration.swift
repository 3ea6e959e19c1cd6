public import Learning

/// The shape of a ``MultiScaleLSTMCNN``.
public struct MultiScaleConfiguration: NetworkConfiguration {
    /// The names of the features, in the order of a row.
    public var features: [String]
    /// The rows of a window.
    public var window: Int
    /// The lengths of a bar at which patterns are looked for, in rows: with rows of a minute 1, 5 and 15 minutes.
    public var scales: [Int]
    /// The channels of the convolution at each scale.
    public var channels: Int
    /// The bars that a convolution sees.
    public var kernel: Int
    /// The width of the LSTM and of the attention, a multiple of ``heads``.
    public var hidden: Int
    /// The layers of the LSTM.
    public var layers: Int
    /// The heads of the attention.
    public var heads: Int
    /// The number of logits.
    public var outputs: Int
    /// The share of values that training sets to zero before the last layer, and of the attention's weights.
    public var dropout: Double

    public init(
        features: [String], window: Int = 60, scales: [Int] = [1, 5, 15], channels: Int = 64, kernel: Int = 3,
        hidden: Int = 128, layers: Int = 2, heads: Int = 8, outputs: Int = 1, dropout: Double = 0.2
    ) {
        self.features = features
        self.window = window
        self.scales = scales
        self.channels = channels
        self.kernel = kernel
        self.hidden = hidden
        self.layers = layers
        self.heads = heads
        self.outputs = outputs
        self.dropout = dropout
    }

    public var quick: MultiScaleConfiguration {
        var quick = self
        (quick.channels, quick.hidden, quick.layers, quick.heads) = (16, 32, 1, 4)
        return quick
    }

    public func check() throws(LearningError) {
        try LearningError.requireNames(features, "features")
        try LearningError.require((1...100_000).contains(window), "window must be in 1...100000")
        try LearningError.require(
            !scales.isEmpty && Set(scales).count == scales.count && scales.allSatisfy { (1...window).contains($0) },
            "scales must be in 1...window, and different")
        try LearningError.require((1...8192).contains(channels), "channels must be in 1...8192")
        try LearningError.require((1...101).contains(kernel), "kernel must be in 1...101")
        try LearningError.requireHeads(heads, width: hidden)
        try LearningError.require((1...16).contains(layers), "layers must be in 1...16")
        try LearningError.require((1...1000).contains(outputs), "outputs must be in 1...1000")
        try LearningError.requireDropout(dropout)
    }
}
