public import Tensor

/// Each variable's number as a vector of its own: of `[.., variable]` it makes ``VariableVectors`` of `[.., variable, width]`.
///
/// Lim et al. 2019, arXiv:1912.09363, section 4.2: "linear transformations for continuous variables".
public struct VariableEmbedding: Sendable {
    private let maps: [Linear]

    public init(
        variables: Int, width: Int, type: Tensor.ElementType = .float32, using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        var maps: [Linear] = []
        for _ in 0..<variables { maps.append(try Linear(inputs: 1, outputs: width, type: type, using: &random)) }
        self.maps = maps
    }

    /// The maps, named as those of a list.
    public func parts(of name: String) -> [NamedLayer] { maps.parts(of: name) }

    public func callAsFunction(_ numbers: Tensor) throws(TensorError) -> VariableVectors {
        guard numbers.shape.last == maps.count else {
            throw TensorError(
                operation: "embedding", shapes: [numbers.shape], reason: "there must be \(maps.count) variables")
        }
        return .embedded(
            numbers, scales: try Tensor.stacked(maps.map(\.weight), dimension: 0).transposed(1, 2),
            shifts: try Tensor.stacked(maps.compactMap(\.bias), dimension: 0).unsqueezed(1))
    }
}
