public import Learning
public import Tensor

/// Patterns of bars of several lengths at once, an LSTM over all of them, and attention over its states.
///
/// The multi-scale branches follow Cui, Chen & Chen 2016, arXiv:1603.06995. Here each scale keeps one value a row: the mean
/// of the last bar's rows, convolved with those one, two, … bars before. So a scale is never older than the newest row,
/// and no step sees a later one.
///
/// Shapes: `x [batch, time, feature]`, logits `[batch, output]`.
public struct MultiScaleLSTMCNN: Network {
    public static let kind = "multi-scale-lstm-cnn"

    public let configuration: MultiScaleConfiguration
    private let convolutions: [Conv1d]
    private let lstm: LSTM
    private let attention: MultiheadAttention
    private let norm: LayerNorm
    private let head: Linear
    private let dropout: Dropout

    public init(_ configuration: MultiScaleConfiguration, using random: inout some RandomNumberGenerator) throws {
        try configuration.check()
        self.configuration = configuration
        let (hidden, dropout) = (configuration.hidden, configuration.dropout)
        convolutions = try configuration.scales.map { scale in
            try Conv1d(
                inputs: configuration.features.count, outputs: configuration.channels, kernel: configuration.kernel,
                padding: scale * (configuration.kernel - 1), dilation: scale, using: &random)
        }
        lstm = try LSTM(
            inputs: configuration.scales.count * configuration.channels, hidden: hidden, layers: configuration.layers,
            using: &random)
        attention = try MultiheadAttention(width: hidden, heads: configuration.heads, dropout: dropout, using: &random)
        norm = try LayerNorm(size: hidden)
        head = try Linear(inputs: hidden, outputs: configuration.outputs, using: &random)
        self.dropout = Dropout(share: dropout)
    }

    public var parts: [NamedLayer] {
        convolutions.parts(of: "scales") + [("lstm", lstm), ("attn", attention), ("norm", norm), ("fc", head)]
    }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let states = try lstm(patterns(x)).output
        // Only the newest step is read, so only it asks.
        let newest = try states.narrowed(dimension: 1, to: (states.shape[1] - 1)..<states.shape[1])
        let attended = try norm(newest + attention(newest, states, &pass))
        return try head(dropout(attended.selected(dimension: 1, index: 0), &pass))
    }

    /// What is found at each scale, side by side: `[batch, time, scale · channel]`.
    public func patterns(_ x: Tensor) throws(TensorError) -> Tensor {
        let channels = try x.transposed(1, 2)
        var found: [Tensor] = []
        for (scale, convolution) in zip(configuration.scales, convolutions) {
            found.append(try convolution.causal(trailingMean(channels, over: scale)).relu())
        }
        return try Tensor.concatenated(found, dimension: 1).transposed(1, 2)
    }

    /// The mean of each step and the `steps - 1` before it; before the first stand copies of it.
    private func trailingMean(_ channels: Tensor, over steps: Int) throws(TensorError) -> Tensor {
        guard steps > 1 else { return channels }
        let oldest = try channels.narrowed(dimension: 2, to: 0..<1)
        let padded = try Tensor.concatenated(Array(repeating: oldest, count: steps - 1) + [channels], dimension: 2)
        return try padded.averagePool(kernel: steps, stride: 1)
    }
}
