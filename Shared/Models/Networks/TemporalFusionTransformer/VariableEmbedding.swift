internal import Learning
internal import Tensor

/// Each variable's number as a vector of its own: `[.., variable]` becomes `[.., variable, width]`.
struct VariableEmbedding: Sendable {
    private let maps: [Linear]

    init(variables: Int, width: Int, using random: inout some RandomNumberGenerator) throws(TensorError) {
        var maps: [Linear] = []
        for _ in 0..<variables { maps.append(try Linear(inputs: 1, outputs: width, using: &random)) }
        self.maps = maps
    }

    func parts(of name: String) -> [NamedLayer] { maps.parts(of: name) }

    /// All maps at once: a map from one number is a product with its only column.
    func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        guard x.shape.last == maps.count else {
            throw TensorError(
                operation: "embedding", shapes: [x.shape], reason: "there must be \(maps.count) variables")
        }
        let weights = try Tensor.concatenated(maps.map(\.weight), dimension: 1).transposed(0, 1)
        let biases = try Tensor.stacked(maps.compactMap(\.bias), dimension: 0)
        return try x.unsqueezed(-1) * weights + biases
    }
}
