public import Tensor

/// An affine map, `x · weightᵀ + bias`.
///
/// Shapes: `x [.., inputs]`, `weight [outputs, inputs]`, `bias [outputs]` or none, result `[.., outputs]`.
public struct Linear: Layer {
    public let weight: Tensor
    public let bias: Tensor?

    /// Takes the parameters as they are.
    public init(weight: Tensor, bias: Tensor?) throws(TensorError) {
        self.weight = try weight.requiringGradient()
        self.bias = try bias?.requiringGradient()
    }

    /// Draws weight and bias uniformly from ±√(1 / inputs), PyTorch's default.
    public init(
        inputs: Int, outputs: Int, hasBias: Bool = true, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition(inputs > 0 && outputs > 0, "a linear layer needs inputs and outputs")
        let bound = (1 / Double(inputs)).squareRoot()
        var parts: [Tensor] = []
        for shape in hasBias ? [[outputs, inputs], [outputs]] : [[outputs, inputs]] {
            let generator = TensorGenerator(seed: random.next())
            parts.append(try Tensor.uniform(-bound...bound, shape: shape, type: type, using: generator))
        }
        try self.init(weight: parts[0], bias: hasBias ? parts[1] : nil)
    }

    public var parameters: [NamedTensor] { [("weight", weight)] + (bias.map { [("bias", $0)] } ?? []) }

    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        try x.linear(weight: weight, bias: bias)
    }
}
