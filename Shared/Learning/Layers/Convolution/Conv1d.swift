public import Tensor

/// A convolution along time.
///
/// Shapes: `x [batch, inputs, time]`, `weight [outputs, inputs / groups, kernel]`, `bias [outputs]`, result
/// `[batch, outputs, (time + 2 · padding - dilation · (kernel - 1) - 1) / stride + 1]`.
public struct Conv1d: Layer {
    public let weight: Tensor
    public let bias: Tensor
    public let stride: Int
    /// Zeros before the first step, and as many after the last.
    public let padding: Int
    /// The distance between two taps of the kernel, in steps.
    public let dilation: Int
    public let groups: Int

    /// Draws weight and bias uniformly from ±√(groups / (inputs · kernel)), PyTorch's default.
    public init(
        inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
        type: Tensor.ElementType = .float32, using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition(
            inputs > 0 && outputs > 0 && kernel > 0 && groups > 0 && inputs.isMultiple(of: groups)
                && outputs.isMultiple(of: groups), "the channels must be above zero, and multiples of the groups")
        let bound = (Double(groups) / Double(inputs * kernel)).squareRoot()
        weight = try Tensor.uniform(
            -bound...bound, shape: [outputs, inputs / groups, kernel], type: type,
            using: TensorGenerator(seed: random.next())
        ).requiringGradient()
        bias = try Tensor.uniform(
            -bound...bound, shape: [outputs], type: type, using: TensorGenerator(seed: random.next())
        ).requiringGradient()
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    public var parameters: [NamedTensor] { [("weight", weight), ("bias", bias)] }

    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        try x.convolution(
            weight: weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }

    /// The convolution whose step t sees the steps up to t only: zeros stand before the first.
    ///
    /// For layers whose padding is `dilation · (kernel - 1)`, of which the part after the last step is cut off.
    public func causal(_ x: Tensor) throws(TensorError) -> Tensor {
        precondition(
            stride == 1 && padding == dilation * (weight.shape[2] - 1), "a causal convolution pads the whole kernel")
        return try self(x).narrowed(dimension: 2, to: 0..<x.shape[2])
    }
}
