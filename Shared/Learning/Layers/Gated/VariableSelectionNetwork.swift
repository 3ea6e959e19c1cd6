public import Tensor

/// Weighs the variables at each step, and sums them up by these weights.
///
/// Lim et al. 2019, arXiv:1912.09363, section 4.2, equations 6 to 8. Shapes: `x [.., variable, width]`, context
/// broadcastable to `[.., context]`.
public struct VariableSelectionNetwork: CompositeLayer {
    private let weigher: GatedResidualNetwork
    private let networks: [GatedResidualNetwork]

    public init(
        variables: Int, width: Int, context: Int? = nil, dropout: Double = 0, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition(variables > 0, "there is nothing to select from")
        weigher = try GatedResidualNetwork(
            inputs: variables * width, hidden: width, outputs: variables, context: context, dropout: dropout,
            type: type, using: &random)
        var networks: [GatedResidualNetwork] = []
        for _ in 0..<variables {
            networks.append(
                try GatedResidualNetwork(
                    inputs: width, hidden: width, outputs: width, dropout: dropout, type: type, using: &random))
        }
        self.networks = networks
    }

    public var parts: [NamedLayer] { [("flat", weigher)] + networks.parts(of: "var") }

    /// What was selected, `[.., width]`, and the variables' weights, `[.., variable]`, which sum up to one.
    public struct Selection {
        public let output: Tensor
        public let weights: Tensor
    }

    public func callAsFunction(
        _ x: Tensor, context: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Selection {
        let (variables, width) = (networks.count, x.shape[x.shape.count - 1])
        let flat = try x.reshaped(x.shape.dropLast(2) + [variables * width])
        let weights = try weigher(flat, context: context, &pass).softmax(dimension: -1)
        var processed: [Tensor] = []
        for (index, network) in networks.enumerated() {
            processed.append(try network(x.selected(dimension: -2, index: index), &pass))
        }
        let all = try Tensor.stacked(processed, dimension: -2)
        return Selection(output: try (all * weights.unsqueezed(-1)).sum(dimension: -2), weights: weights)
    }
}
