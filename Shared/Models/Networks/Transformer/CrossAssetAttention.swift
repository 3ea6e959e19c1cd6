internal import Learning
internal import Tensor

/// Lets the assets of a sample look at each other's summaries; `[batch, asset, width]` in and out.
struct CrossAssetAttention: CompositeLayer {
    private let attention: MultiheadAttention
    private let norm: LayerNorm

    init(
        width: Int, heads: Int, dropout: Double, using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        attention = try MultiheadAttention(width: width, heads: heads, dropout: dropout, using: &random)
        norm = try LayerNorm(size: width)
    }

    var parts: [NamedLayer] { [("attn", attention), ("norm", norm)] }

    func callAsFunction(_ summaries: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        try norm(summaries + attention(summaries, summaries, &pass))
    }
}
