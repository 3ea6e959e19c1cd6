public import Tensor

/// Self-attention and a feed-forward network, each with a residual connection and layer normalisation.
///
/// Vaswani et al. 2017, arXiv:1706.03762, section 3.1. Shapes: `x [batch, time, width]`, and the result.
public struct TransformerEncoderLayer: CompositeLayer {
    /// The function between the two feed-forward layers.
    public enum Activation: String, Codable, Sendable, CaseIterable {
        case relu, gelu
    }

    /// Where the normalisation stands.
    public enum Normalization: String, Codable, Sendable, CaseIterable {
        /// After each sum, as in the paper.
        case after
        /// Before each part, which trains deep stacks more stably (Xiong et al. 2020, arXiv:2002.04745).
        case before
    }

    private let attention: MultiheadAttention
    private let linear1: Linear
    private let linear2: Linear
    private let norm1: LayerNorm
    private let norm2: LayerNorm
    private let dropout: Dropout
    private let activation: Activation
    private let normalization: Normalization

    public init(
        width: Int, heads: Int, feedForward: Int, dropout: Double = 0, activation: Activation = .relu,
        normalization: Normalization = .after, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        attention = try MultiheadAttention(width: width, heads: heads, dropout: dropout, type: type, using: &random)
        linear1 = try Linear(inputs: width, outputs: feedForward, type: type, using: &random)
        linear2 = try Linear(inputs: feedForward, outputs: width, type: type, using: &random)
        norm1 = try LayerNorm(size: width, type: type)
        norm2 = try LayerNorm(size: width, type: type)
        self.dropout = Dropout(share: dropout)
        self.activation = activation
        self.normalization = normalization
    }

    public var parts: [NamedLayer] {
        [
            ("self_attn", attention), ("linear1", linear1), ("linear2", linear2), ("norm1", norm1), ("norm2", norm2),
        ]
    }

    /// Encodes `x`; `mask` is added to the attention's scores and broadcastable to `[batch, head, time, time]`.
    public func callAsFunction(
        _ x: Tensor, mask: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        switch normalization {
        case .after:
            let attended = try norm1(x + attend(x, mask, &pass))
            return try norm2(attended + feed(attended, &pass))
        case .before:
            let attended = try x + attend(norm1(x), mask, &pass)
            return try attended + feed(norm2(attended), &pass)
        }
    }

    private func attend(_ x: Tensor, _ mask: Tensor?, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        try dropout(attention(x, x, mask: mask, &pass), &pass)
    }

    private func feed(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let inner = try linear1(x)
        let active = try activation == .relu ? inner.relu() : inner.gelu()
        return try dropout(linear2(dropout(active, &pass)), &pass)
    }
}

/// Encoder layers one above the other, with a last normalisation where they normalise before.
///
/// Shapes: `x [batch, time, width]`, and the result.
public struct TransformerEncoder: CompositeLayer {
    private let layers: [TransformerEncoderLayer]
    private let norm: LayerNorm?

    public init(
        layers count: Int, width: Int, heads: Int, feedForward: Int, dropout: Double = 0,
        activation: TransformerEncoderLayer.Activation = .relu,
        normalization: TransformerEncoderLayer.Normalization = .after, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        var layers: [TransformerEncoderLayer] = []
        for _ in 0..<count {
            layers.append(
                try TransformerEncoderLayer(
                    width: width, heads: heads, feedForward: feedForward, dropout: dropout, activation: activation,
                    normalization: normalization, type: type, using: &random))
        }
        self.layers = layers
        norm = normalization == .before ? try LayerNorm(size: width, type: type) : nil
    }

    public var parts: [NamedLayer] { layers.parts(of: "layers") + (norm.map { [("norm", $0)] } ?? []) }

    /// The layers' output; `mask` is added to the scores of each.
    public func callAsFunction(
        _ x: Tensor, mask: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        var encoded = x
        for layer in layers { encoded = try layer(encoded, mask: mask, &pass) }
        return try norm?(encoded) ?? encoded
    }
}
