internal import Tensor

/// Gated residual networks of one shape, each for a variable of its own, run at once.
///
/// What each gives is what ``GatedResidualNetwork`` does by itself; as products of stacked matrices many small ones take a
/// fraction of the time. Shapes: `x [.., variable, width]`, `..` being the rows.
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

    /// The sum of what the networks give, each variable's times its share.
    ///
    /// It goes through the rows in parts that a processor's cache holds: all rows of dozens of variables would go to memory
    /// and back with every operation.
    ///
    /// - Parameters:
    ///   - x: the variables' vectors.
    ///   - shares: `[row, variable]`.
    ///   - pass: the forward pass.
    /// - Returns: `[row, width]`.
    /// - Throws: ``TensorError`` for other shapes.
    func weightedSum(
        of x: VariableVectors, by shares: Tensor, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        let first = try x.mapped(by: LinearMaps(networks.map(\.fc1)))
        let second = try LinearMaps(networks.map(\.fc2))
        let gate = try LinearMaps(networks.map(\.gate.glu.fc))
        let norms = networks.map(\.gate.norm)
        let (scales, shifts) = (try Self.rows(norms.map(\.weight)), try Self.rows(norms.map(\.bias)))

        let (rows, part) = (shares.shape[0], max(1, Self.cached / scales.count))
        var sums: [Tensor] = []
        for start in stride(from: 0, to: rows, by: part) {
            let range = start..<min(start + part, rows)
            let mapped = try second(first.rows(range).byVariable().elu())
            let gated = try gate(dropout(mapped, &pass)).gatedLinearUnit()
            let normed = try (gated + x.rows(range).byVariable())
                .layerNorm(weight: nil, bias: nil, epsilon: norms[0].epsilon)
            let share = try shares.narrowed(dimension: 0, to: range).transposed(0, 1).unsqueezed(-1)
            sums.append(try ((normed * scales + shifts) * share).sum(dimension: 0))
        }
        return sums.count == 1 ? sums[0] : try Tensor.concatenated(sums, dimension: 0)
    }

    /// One vector a variable, for all of its rows: `[variable, 1, size]`.
    private static func rows(_ vectors: [Tensor]) throws(TensorError) -> Tensor {
        try Tensor.stacked(vectors, dimension: 0).unsqueezed(1)
    }

    /// The elements of a part: 1 MiB of `float32`.
    private static let cached = 1 << 18
}
