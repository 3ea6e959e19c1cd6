public import Tensor

/// A long short-term memory (Hochreiter & Schmidhuber 1997) of one or more layers.
///
/// Shapes: `x [batch, time, inputs]`, output `[batch, time, hidden]`, in both directions `[batch, time, 2·hidden]`.
/// Gate order i, f, g, o and two biases, as PyTorch.
public struct LSTM: Layer {
    /// The width of the hidden state.
    public let hidden: Int
    /// The number of layers, one above the other.
    public let layers: Int
    /// Whether a second pass goes from the newest step to the oldest.
    public let isBidirectional: Bool
    private let weights: [NamedTensor]

    /// Draws all parameters uniformly from ±√(1 / hidden), PyTorch's default.
    public init(
        inputs: Int, hidden: Int, layers: Int = 1, isBidirectional: Bool = false, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        weights = try recurrentParameters(
            gates: 4, inputs: inputs, hidden: hidden, layers: layers, directions: isBidirectional ? 2 : 1, type: type,
            using: &random)
        self.hidden = hidden
        self.layers = layers
        self.isBidirectional = isBidirectional
    }

    public var parameters: [NamedTensor] { weights }

    /// Runs from states of zero.
    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor.LSTMResult {
        let batch = x.shape.first ?? 0
        let zero = try Tensor.zeros(
            [layers * (isBidirectional ? 2 : 1), batch, hidden], type: x.elementType, on: x.device)
        return try self(x, hidden: zero, cell: zero)
    }

    /// Runs from given states, `[layers, batch, hidden]`; twice as many layers in both directions.
    public func callAsFunction(
        _ x: Tensor, hidden: Tensor, cell: Tensor
    ) throws(TensorError) -> Tensor.LSTMResult {
        try x.lstm(hidden: hidden, cell: cell, bidirectional: isBidirectional, parameters: weights.map(\.value))
    }
}
