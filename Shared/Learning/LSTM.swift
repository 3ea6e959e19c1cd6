public import Tensor

/// A long short-term memory (Hochreiter & Schmidhuber 1997) of one or more layers, from zero states.
///
/// Shapes: `x [batch, time, inputs]`, output `[batch, time, hidden]`. Gate order i, f, g, o and two biases, as PyTorch.
public struct LSTM: Layer {
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
        precondition(inputs > 0 && hidden > 0 && layers > 0, "an LSTM needs inputs, a hidden state and layers")
        let bound = (1 / Double(hidden)).squareRoot()
        var weights: [NamedTensor] = []
        for layer in 0..<layers {
            let shapes = [
                [4 * hidden, layer == 0 ? inputs : hidden], [4 * hidden, hidden], [4 * hidden], [4 * hidden],
            ]
            for (name, shape) in zip(["weight_ih", "weight_hh", "bias_ih", "bias_hh"], shapes) {
                let generator = TensorGenerator(seed: random.next())
                let value = try Tensor.uniform(-bound...bound, shape: shape, type: type, using: generator)
                weights.append(("\(name)_l\(layer)", try value.requiringGradient()))
            }
        }
        self.hidden = hidden
        self.layers = layers
        self.weights = weights
    }

    public var parameters: [NamedTensor] { weights }

    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor.LSTMResult {
        let batch = x.shape.first ?? 0
        let zero = try Tensor.zeros([layers, batch, hidden], type: x.elementType)
        return try x.lstm(hidden: zero, cell: zero, parameters: weights.map(\.value))
    }
}
