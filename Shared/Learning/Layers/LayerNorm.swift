public import Tensor

/// Zero mean and unit variance along the last dimension, then scale and shift (arXiv:1607.06450).
///
/// Shapes: `x [.., size]`, `weight [size]`, `bias [size]`.
public struct LayerNorm: Layer {
    public let weight: Tensor
    public let bias: Tensor
    /// Added to the variance.
    public let epsilon: Double

    /// Starts as the plain normalisation: weight one, bias zero.
    public init(
        size: Int, epsilon: Double = 1e-5, type: Tensor.ElementType = .float32
    ) throws(TensorError) {
        weight = try Tensor.full(1, shape: [size], type: type).requiringGradient()
        bias = try Tensor.zeros([size], type: type).requiringGradient()
        self.epsilon = epsilon
    }

    public var parameters: [NamedTensor] { [("weight", weight), ("bias", bias)] }

    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        try x.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
    }
}
