public import Learning
public import Tensor

/// The shape of a ``BidirectionalLSTMCNN``.
public struct BidirectionalLSTMCNNConfiguration: NetworkConfiguration {
    /// The names of the features, in the order of a row.
    public var features: [String]
    /// The width of the LSTM in each direction.
    public var hidden: Int
    /// The channels of the convolution.
    public var channels: Int
    /// The steps that the convolution sees; odd, so that its output has as many steps as its input.
    public var kernel: Int
    /// The number of logits.
    public var outputs: Int
    /// The share of values that training sets to zero before the last layer.
    public var dropout: Double

    public init(
        features: [String], hidden: Int = 64, channels: Int = 64, kernel: Int = 5, outputs: Int = 1,
        dropout: Double = 0.2
    ) {
        self.features = features
        self.hidden = hidden
        self.channels = channels
        self.kernel = kernel
        self.outputs = outputs
        self.dropout = dropout
    }

    public var quick: BidirectionalLSTMCNNConfiguration {
        var quick = self
        (quick.hidden, quick.channels) = (16, 16)
        return quick
    }

    public func check() throws(LearningError) {
        try LearningError.requireNames(features, "features")
        try LearningError.require((1...8192).contains(hidden), "hidden must be in 1...8192")
        try LearningError.require((1...8192).contains(channels), "channels must be in 1...8192")
        try LearningError.require(kernel > 0 && kernel % 2 == 1, "kernel must be odd and above zero")
        try LearningError.require((1...1000).contains(outputs), "outputs must be in 1...1000")
        try LearningError.requireDropout(dropout)
    }
}

/// An LSTM that reads the window both ways, and a normalised convolution over its states.
///
/// The window lies in the past as a whole, so that reading it backwards sees no future. Shapes: `x [batch, time, feature]`,
/// logits `[batch, output]`.
public struct BidirectionalLSTMCNN: Network {
    public static let kind = "bidirectional-lstm-cnn"

    public let configuration: BidirectionalLSTMCNNConfiguration
    private let lstm: LSTM
    private let convolution: Conv1d
    private let norm: BatchNorm1d
    private let head: Linear
    private let dropout: Dropout

    public init(
        _ configuration: BidirectionalLSTMCNNConfiguration, using random: inout some RandomNumberGenerator
    ) throws {
        try configuration.check()
        self.configuration = configuration
        lstm = try LSTM(
            inputs: configuration.features.count, hidden: configuration.hidden, isBidirectional: true, using: &random)
        convolution = try Conv1d(
            inputs: 2 * configuration.hidden, outputs: configuration.channels, kernel: configuration.kernel,
            padding: configuration.kernel / 2, using: &random)
        norm = try BatchNorm1d(channels: configuration.channels)
        head = try Linear(inputs: configuration.channels, outputs: configuration.outputs, using: &random)
        dropout = Dropout(share: configuration.dropout)
    }

    public var parts: [NamedLayer] { [("lstm", lstm), ("conv", convolution), ("bn", norm), ("fc", head)] }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        try head(dropout(patterns(x, &pass).mean(dimension: 2), &pass))
    }

    /// What the convolution finds in the states, `[batch, channel, time]`.
    public func patterns(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        try norm(convolution(lstm(x).output.transposed(1, 2)), &pass).relu()
    }
}
