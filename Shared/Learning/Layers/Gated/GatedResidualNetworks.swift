internal import Tensor

/// Gated residual networks of one shape, each for a variable of its own, run at once.
///
/// What each gives is what ``GatedResidualNetwork`` does by itself; as products of stacked matrices many small ones take a
/// fraction of the time. Shapes: `x [.., variable, width]`, result `[variable, row, width]`, `..` being the rows.
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

    func callAsFunction(_ x: VariableVectors, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let inner = try x.mapped(by: LinearMaps(networks.map(\.fc1))).elu()
        let mapped = try LinearMaps(networks.map(\.fc2))(inner)
        let gated = try LinearMaps(networks.map(\.gate.glu.fc))(dropout(mapped, &pass)).gatedLinearUnit()
        let norms = networks.map(\.gate.norm)
        let normed = try (gated + x.byVariable()).layerNorm(weight: nil, bias: nil, epsilon: norms[0].epsilon)
        return try normed * Self.rows(norms.map(\.weight)) + Self.rows(norms.map(\.bias))
    }

    /// One vector a variable, for all of its rows: `[variable, 1, size]`.
    private static func rows(_ vectors: [Tensor]) throws(TensorError) -> Tensor {
        try Tensor.stacked(vectors, dimension: 0).unsqueezed(1)
    }
}
