public import Tensor

/// A gated recurrent unit (Cho and others 2014, arXiv:1406.1078) of one or more layers, from states of zero.
///
/// Shapes: `x [batch, time, inputs]`, output `[batch, time, hidden]`. Gate order r, z, n and two biases, as PyTorch,
/// whose reset gate acts after the product with `weight_hh`.
public struct GRU: Layer {
    /// The width of the hidden state.
    public let hidden: Int
    /// The number of layers, one above the other.
    public let layers: Int
    private let weights: [NamedTensor]

    /// Draws all parameters uniformly from ±√(1 / hidden), PyTorch's default.
    public init(
        inputs: Int, hidden: Int, layers: Int = 1, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        weights = try recurrentParameters(
            gates: 3, inputs: inputs, hidden: hidden, layers: layers, type: type, using: &random)
        self.hidden = hidden
        self.layers = layers
    }

    public var parameters: [NamedTensor] { weights }

    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor.GRUResult {
        let zero = try Tensor.zeros([layers, x.shape.first ?? 0, hidden], type: x.elementType, on: x.device)
        return try x.gru(hidden: zero, parameters: weights.map(\.value))
    }
}
