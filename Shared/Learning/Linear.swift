public import Tensor

/// An affine map, `x · weightᵀ + bias`.
///
/// Shapes: `x [.., inputs]`, `weight [outputs, inputs]`, `bias [outputs]`, result `[.., outputs]`.
public struct Linear: Layer {
    public let weight: Tensor
    public let bias: Tensor

    /// Takes the parameters as they are.
    public init(weight: Tensor, bias: Tensor) throws(TensorError) {
        self.weight = try weight.requiringGradient()
        self.bias = try bias.requiringGradient()
    }

    /// Draws weight and bias uniformly from ±√(1 / inputs), PyTorch's default.
    public init(
        inputs: Int, outputs: Int, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition(inputs > 0 && outputs > 0, "a linear layer needs inputs and outputs")
        let bound = (1 / Double(inputs)).squareRoot()
        try self.init(
            weight: .uniform(
                -bound...bound, shape: [outputs, inputs], type: type, using: TensorGenerator(seed: random.next())),
            bias: .uniform(-bound...bound, shape: [outputs], type: type, using: TensorGenerator(seed: random.next())))
    }

    public var parameters: [NamedTensor] { [("weight", weight), ("bias", bias)] }

    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        try x.linear(weight: weight, bias: bias)
    }
}
