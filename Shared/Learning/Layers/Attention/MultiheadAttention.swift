public import Tensor

/// Attention by several heads (Vaswani and others 2017, arXiv:1706.03762, section 3.2), with PyTorch's packed projections.
///
/// Shapes: queries `[batch, query, width]`, context `[batch, key, width]`, result `[batch, query, width]`;
/// `in_proj_weight [3·width, width]` holds the projections of queries, keys and values.
public struct MultiheadAttention: Layer {
    public let heads: Int
    let inWeight: Tensor
    let inBias: Tensor
    let out: Linear
    private let dropout: Dropout

    /// Draws the packed projections uniformly from ±√(6 / (4 · width)) (Glorot & Bengio 2010), PyTorch's default.
    public init(
        width: Int, heads: Int, dropout: Double = 0, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition(heads > 0 && width.isMultiple(of: heads), "the width must be a multiple of the heads")
        self.heads = heads
        let bound = (6 / Double(4 * width)).squareRoot()
        inWeight = try Tensor.uniform(
            -bound...bound, shape: [3 * width, width], type: type, using: TensorGenerator(seed: random.next())
        ).requiringGradient()
        inBias = try Tensor.zeros([3 * width], type: type).requiringGradient()
        out = try Linear(inputs: width, outputs: width, type: type, using: &random)
        self.dropout = Dropout(share: dropout)
    }

    public var parameters: [NamedTensor] {
        [("in_proj_weight", inWeight), ("in_proj_bias", inBias)] + out.parameters(of: "out_proj")
    }

    /// Attention from `queries` to `context`, which gives keys and values.
    ///
    /// - Parameters:
    ///   - queries: `[batch, query, width]`.
    ///   - context: `[batch, key, width]`.
    ///   - mask: added to the scores; broadcastable to `[batch, head, query, key]`; on any device.
    ///   - pass: dropout on the weights draws from it.
    /// - Returns: `[batch, query, width]`.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public func callAsFunction(
        _ queries: Tensor, _ context: Tensor, mask: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        if dropout.isActive(in: pass) { return try weighted(queries, context, mask: mask, &pass).output }
        let (query, key, value) = try projected(queries, context)
        return try out(joined(query.attention(keys: key, values: value, mask: mask?.moved(to: query.device))))
    }

    /// What attention gives, and by which weights: `[batch, head, query, key]`, before dropout.
    public struct Weighted {
        public let output: Tensor
        public let weights: Tensor
    }

    /// The same as calling the layer, with the weights.
    public func weighted(
        _ queries: Tensor, _ context: Tensor, mask: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Weighted {
        let (query, key, value) = try projected(queries, context)
        var scores = try query.matmul(key.transposed(2, 3)) * (1 / Double(query.shape[3]).squareRoot())
        if let mask { scores = try scores + mask.moved(to: scores.device) }
        let weights = try scores.softmax(dimension: 3)
        let output = try out(joined(dropout(weights, &pass).matmul(value)))
        return Weighted(output: output, weights: weights)
    }

    /// Queries, keys and values, each `[batch, head, time, width / heads]`.
    private func projected(
        _ queries: Tensor, _ context: Tensor
    ) throws(TensorError) -> (query: Tensor, key: Tensor, value: Tensor) {
        let width = inBias.count / 3
        func part(_ x: Tensor, _ index: Int) throws(TensorError) -> Tensor {
            let range = (index * width)..<((index + 1) * width)
            let projection = try x.linear(
                weight: inWeight.narrowed(dimension: 0, to: range), bias: inBias.narrowed(dimension: 0, to: range))
            return try projection.reshaped([x.shape[0], x.shape[1], heads, width / heads]).transposed(1, 2)
        }
        return (try part(queries, 0), try part(context, 1), try part(context, 2))
    }

    /// The heads side by side, `[batch, time, width]`.
    private func joined(_ heads: Tensor) throws(TensorError) -> Tensor {
        let shape = heads.shape
        return try heads.transposed(1, 2).reshaped([shape[0], shape[2], shape[1] * shape[3]])
    }
}
