public import Learning
public import Tensor

/// The encoder of a transformer over a window; its newest step gives the logits.
///
/// Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762, section 3. All steps look at all: the window lies in
/// the past as a whole, and only its newest step is read.
///
/// Shapes: `x [batch, window, feature]`, logits `[batch, output]`.
public struct SequenceTransformer: Network {
    public static let kind = "sequence-transformer"

    public let configuration: SequenceTransformerConfiguration
    private let input: Linear
    private let position: PositionalEncoding
    private let encoder: TransformerEncoder
    private let head: Linear
    private let bias: Tensor?
    private let dropout: Dropout

    public init(
        _ configuration: SequenceTransformerConfiguration, using random: inout some RandomNumberGenerator
    ) throws {
        try configuration.check()
        self.configuration = configuration
        let width = configuration.width
        input = try Linear(inputs: configuration.features.count, outputs: width, using: &random)
        position = try PositionalEncoding(length: configuration.window, width: width)
        encoder = try TransformerEncoder(
            layers: configuration.layers, width: width, heads: configuration.heads,
            feedForward: configuration.feedForward, dropout: configuration.dropout,
            activation: configuration.activation, normalization: configuration.normalization, using: &random)
        head = try Linear(inputs: width, outputs: configuration.outputs, using: &random)
        bias = configuration.favoursRecent ? try TemporalBias.recent(configuration.window) : nil
        dropout = Dropout(share: configuration.dropout)
    }

    public var parts: [NamedLayer] { [("inp", input), ("enc", encoder), ("head", head)] }
    public var buffers: [NamedTensor] { [("pe", position.table)] }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        try logits(of: encoded(x, bias: bias, &pass))
    }

    /// The encoder's states, `[batch, window, width]`, under another bias than the configured one: `[1, window]`.
    public func encoded(
        _ x: Tensor, bias: Tensor?, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        try encoder(dropout(position(input(x)), &pass), mask: bias, &pass)
    }

    /// The logits that the newest of the encoder's states gives.
    public func logits(of states: Tensor) throws(TensorError) -> Tensor {
        try head(states.selected(dimension: 1, index: -1))
    }
}
