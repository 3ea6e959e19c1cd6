public import Tensor

/// Attention whose heads share their values, so that the mean of their weights tells what was looked at.
///
/// Lim et al. 2019, arXiv:1912.09363, section 4.4, equations 13 to 16. Shapes: queries `[batch, query, width]`, context
/// `[batch, key, width]`.
public struct InterpretableMultiHeadAttention: CompositeLayer {
    private let queries: [Linear]
    private let keys: [Linear]
    private let value: Linear
    private let out: Linear
    private let dropout: Dropout

    public init(
        width: Int, heads: Int, dropout: Double = 0, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition(heads > 0 && width.isMultiple(of: heads), "the width must be a multiple of the heads")
        var (queries, keys): ([Linear], [Linear]) = ([], [])
        for _ in 0..<heads {
            queries.append(try Linear(inputs: width, outputs: width / heads, type: type, using: &random))
            keys.append(try Linear(inputs: width, outputs: width / heads, type: type, using: &random))
        }
        (self.queries, self.keys) = (queries, keys)
        value = try Linear(inputs: width, outputs: width / heads, type: type, using: &random)
        out = try Linear(inputs: width / heads, outputs: width, hasBias: false, type: type, using: &random)
        self.dropout = Dropout(share: dropout)
    }

    public var parts: [NamedLayer] {
        queries.parts(of: "q") + keys.parts(of: "kk") + [("v", value), ("out", out)]
    }

    /// What attention gives, `[batch, query, width]`, and each head's weights, `[batch, head, query, key]`.
    ///
    /// - Parameters:
    ///   - query: `[batch, query, width]`.
    ///   - context: keys and values, `[batch, key, width]`.
    ///   - mask: added to the scores, `[query, key]`, on any device; ``Tensor/causalMask(queries:keys:type:)``.
    ///   - pass: dropout on the weights draws from it.
    /// - Returns: the weights are those before dropout.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public func callAsFunction(
        _ query: Tensor, _ context: Tensor, mask: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> MultiheadAttention.Weighted {
        var weights: [Tensor] = []
        for (toQuery, toKey) in zip(queries, keys) {
            let key = try toKey(context)
            var scores = try toQuery(query).matmul(key.transposed(1, 2)) * (1 / Double(key.shape[2]).squareRoot())
            if let mask { scores = try scores + mask.moved(to: scores.device) }
            weights.append(try scores.softmax(dimension: 2))
        }
        let all = try Tensor.stacked(weights, dimension: 1)
        // The mean of the heads' outputs is the output of their mean weights, since they share the values.
        let mean = try dropout(all, &pass).mean(dimension: 1)
        return MultiheadAttention.Weighted(output: try out(mean.matmul(value(context))), weights: all)
    }
}
