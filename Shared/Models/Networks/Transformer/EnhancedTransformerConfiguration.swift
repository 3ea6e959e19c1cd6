public import Learning

/// The shape of an ``EnhancedTransformer``.
public struct EnhancedTransformerConfiguration: NetworkConfiguration {
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
    /// The lengths of the bars that the window is also seen in, in rows.
    public var scales: [Int]
    /// The assets of a sample, which then attend to each other; 1 is without.
    public var assets: Int
    /// How many horizons have a log return of their own.
    public var horizons: Int

    /// The horizons that are not given are 1, 4 and 24 hours.
    public init(
        features: [String], window: Int = 250, width: Int = 512, heads: Int = 16, layers: Int = 8,
        feedForward: Int = 2048, dropout: Double = 0.15, scales: [Int] = [5, 15, 30, 60], assets: Int = 1,
        horizons: Int = 3
    ) {
        self.features = features
        self.window = window
        self.width = width
        self.heads = heads
        self.layers = layers
        self.feedForward = feedForward
        self.dropout = dropout
        self.scales = scales
        self.assets = assets
        self.horizons = horizons
    }

    public var quick: EnhancedTransformerConfiguration {
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
        try LearningError.require(
            !scales.isEmpty && Set(scales).count == scales.count && scales.allSatisfy { (1...window).contains($0) },
            "scales must be in 1...window, and different")
        try LearningError.require((1...1000).contains(assets), "assets must be in 1...1000")
        try LearningError.require((1...1000).contains(horizons), "horizons must be in 1...1000")
    }
}
