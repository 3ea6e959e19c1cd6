internal import Tensor

/// Gated residual networks of one shape, each for a variable of its own, run at once.
///
/// What each gives is what ``GatedResidualNetwork`` does by itself; as products of stacked matrices many small ones take a
/// fraction of the time. Shapes: `x [.., variable, width]`, result `[variable, rows, width]`, `..` being the rows.
struct GatedResidualNetworks: Sendable {
    private let networks: [GatedResidualNetwork]
    private let dropout: Dropout

    init(
        count: Int, width: Int, dropout: Double, type: Tensor.ElementType,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        var networks: [GatedResidualNetwork] = []
        for _ in 0..<count {
            networks.append(
                try GatedResidualNetwork(
                    inputs: width, hidden: width, outputs: width, dropout: dropout, type: type, using: &random))
        }
        self.networks = networks
        self.dropout = Dropout(share: dropout)
    }

    var count: Int { networks.count }

    func parts(of name: String) -> [NamedLayer] { networks.parts(of: name) }

    func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let (leading, width) = (x.shape.dropLast(2), x.shape[x.shape.count - 1])
        let inputs = try x.reshaped([leading.reduce(1, *), count, width]).transposed(0, 1)
        let inner = try Self.map(Self.map(inputs, by: networks.map(\.fc1)).elu(), by: networks.map(\.fc2))
        let both = try Self.map(dropout(inner, &pass), by: networks.map(\.gate.glu.fc))
        let gate = try both.narrowed(dimension: -1, to: width..<(2 * width)).sigmoid()
        let sum = try both.narrowed(dimension: -1, to: 0..<width) * gate + inputs
        let norms = networks.map(\.gate.norm)
        let normed = try sum.layerNorm(weight: nil, bias: nil, epsilon: norms[0].epsilon)
        return try normed * Self.rows(norms.map(\.weight)) + Self.rows(norms.map(\.bias))
    }

    /// Each variable's rows by a map of its own: `[variable, row, inputs]` to `[variable, row, outputs]`.
    private static func map(_ x: Tensor, by maps: [Linear]) throws(TensorError) -> Tensor {
        let weights = try Tensor.stacked(maps.map(\.weight), dimension: 0).transposed(1, 2)
        return try x.matmul(weights) + rows(maps.compactMap(\.bias))
    }

    /// One vector a variable, to be added to all of its rows: `[variable, 1, size]`.
    private static func rows(_ vectors: [Tensor]) throws(TensorError) -> Tensor {
        try Tensor.stacked(vectors, dimension: 0).unsqueezed(1)
    }
}
