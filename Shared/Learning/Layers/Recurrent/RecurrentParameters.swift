internal import Tensor

/// The parameters of a recurrent layer, drawn uniformly from ±√(1 / hidden), PyTorch's default.
///
/// Four a layer and direction: `weight_ih [gates·hidden, inputs]`, `weight_hh [gates·hidden, hidden]`, `bias_ih` and
/// `bias_hh [gates·hidden]`, with PyTorch's names such as `weight_ih_l0_reverse`.
func recurrentParameters(
    gates: Int, inputs: Int, hidden: Int, layers: Int, directions: Int = 1, type: Tensor.ElementType,
    using random: inout some RandomNumberGenerator
) throws(TensorError) -> [NamedTensor] {
    precondition(inputs > 0 && hidden > 0 && layers > 0, "a recurrent layer needs inputs, a hidden state and layers")
    let bound = (1 / Double(hidden)).squareRoot()
    let rows = gates * hidden
    var parameters: [NamedTensor] = []
    for layer in 0..<layers {
        let columns = layer == 0 ? inputs : hidden * directions
        for suffix in ["", "_reverse"].prefix(directions) {
            let shapes = [[rows, columns], [rows, hidden], [rows], [rows]]
            for (name, shape) in zip(["weight_ih", "weight_hh", "bias_ih", "bias_hh"], shapes) {
                let generator = TensorGenerator(seed: random.next())
                let value = try Tensor.uniform(-bound...bound, shape: shape, type: type, using: generator)
                parameters.append(("\(name)_l\(layer)\(suffix)", try value.requiringGradient()))
            }
        }
    }
    return parameters
}
