internal import Learning
internal import Tensor

/// Lets the newest state look at the window in bars of several lengths.
///
/// A bar is the mean of its rows; the bars of a scale end at the newest row, and rows before the first whole bar are left
/// out. Each scale has a map of its own. Shapes: states and rows `[batch, time, width]`, result `[batch, width]`.
struct CrossScaleAttention: CompositeLayer {
    private let scales: [Int]
    private let maps: [Linear]
    private let attention: MultiheadAttention
    private let norm: LayerNorm

    init(
        scales: [Int], width: Int, heads: Int, dropout: Double, using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        self.scales = scales
        var maps: [Linear] = []
        for _ in scales { maps.append(try Linear(inputs: width, outputs: width, using: &random)) }
        self.maps = maps
        attention = try MultiheadAttention(width: width, heads: heads, dropout: dropout, using: &random)
        norm = try LayerNorm(size: width)
    }

    var parts: [NamedLayer] { maps.parts(of: "maps") + [("attn", attention), ("norm", norm)] }

    /// The newest of `states`, after it has looked at the bars of `rows`.
    func callAsFunction(_ states: Tensor, rows: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let steps = states.shape[1]
        let newest = try states.narrowed(dimension: 1, to: (steps - 1)..<steps)
        var bars: [Tensor] = []
        for (scale, map) in zip(scales, maps) {
            let whole = try rows.narrowed(dimension: 1, to: (steps % scale)..<steps).transposed(1, 2)
            bars.append(try map(whole.averagePool(kernel: scale, stride: scale).transposed(1, 2)))
        }
        let context = try Tensor.concatenated(bars, dimension: 1)
        return try norm(newest + attention(newest, context, &pass)).selected(dimension: 1, index: 0)
    }
}
