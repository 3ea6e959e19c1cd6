public import Tensor

/// Weighs the variables at each step, and sums them up by these weights.
///
/// Lim et al. 2019, arXiv:1912.09363, section 4.2, equations 6 to 8. Shapes: `x [.., variable, width]`, context
/// broadcastable to `[.., context]`.
public struct VariableSelectionNetwork: CompositeLayer {
    private let weigher: GatedResidualNetwork
    private let networks: GatedResidualNetworks

    public init(
        variables: Int, width: Int, context: Int? = nil, dropout: Double = 0, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition(variables > 0, "there is nothing to select from")
        weigher = try GatedResidualNetwork(
            inputs: variables * width, hidden: width, outputs: variables, context: context, dropout: dropout,
            type: type, using: &random)
        networks = try GatedResidualNetworks(
            count: variables, width: width, dropout: dropout, type: type, using: &random)
    }

    public var parts: [NamedLayer] { [("flat", weigher)] + networks.parts(of: "var") }

    /// What was selected, `[.., width]`, and the variables' weights, `[.., variable]`, which sum up to one.
    public struct Selection {
        public let output: Tensor
        public let weights: Tensor
    }

    public func callAsFunction(
        _ x: VariableVectors, context: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Selection {
        let (leading, variables) = (x.leading, networks.count)
        let weights = try weigher(x, context: context, &pass).softmax(dimension: -1)
        let shares = try weights.reshaped([leading.reduce(1, *), variables])
        let output = try networks.weightedSum(of: x, by: shares, &pass)
        return Selection(output: try output.reshaped(leading + output.shape.suffix(1)), weights: weights)
    }
}
