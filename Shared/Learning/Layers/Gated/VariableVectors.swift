public import Tensor

/// A vector for each variable, `[.., variable, width]`, `..` being the rows.
///
/// Those that are linear in one number need not be there to be mapped on: a map of a map is one map, of that number. For the
/// many variables of a selection that takes a fraction of the time and of the memory.
public enum VariableVectors: Sendable {
    /// As they are, `[.., variable, width]`.
    case vectors(Tensor)
    /// number · scale + shift; `numbers [.., variable]`, `scales` and `shifts [variable, 1, width]`.
    case embedded(Tensor, scales: Tensor, shifts: Tensor)

    /// The dimensions of the rows.
    var leading: [Int] {
        switch self {
        case .vectors(let x): x.shape.dropLast(2)
        case .embedded(let numbers, _, _): numbers.shape.dropLast()
        }
    }

    private var rows: Int { leading.reduce(1, *) }

    /// The vectors by variable, `[variable, row, width]`.
    func byVariable() throws(TensorError) -> Tensor {
        switch self {
        case .vectors(let x): try x.reshaped([rows] + x.shape.suffix(2)).transposed(0, 1)
        case .embedded(let numbers, let scales, let shifts):
            try shifts.adding(productOf: column(numbers), scales)
        }
    }

    /// Each variable's vectors by a map of its own.
    func mapped(by maps: LinearMaps) throws(TensorError) -> VariableVectors {
        switch self {
        case .vectors: .vectors(try maps(byVariable()).transposed(0, 1))
        case .embedded(let numbers, let scales, let shifts):
            .embedded(numbers, scales: try scales.matmul(maps.weights), shifts: try maps(shifts))
        }
    }

    /// Some of the rows, without the dimensions that these have.
    func rows(_ range: Range<Int>) throws(TensorError) -> VariableVectors {
        switch self {
        case .vectors(let x):
            .vectors(try x.reshaped([rows] + x.shape.suffix(2)).narrowed(dimension: 0, to: range))
        case .embedded(let numbers, let scales, let shifts):
            .embedded(
                try numbers.reshaped([rows] + numbers.shape.suffix(1)).narrowed(dimension: 0, to: range),
                scales: scales, shifts: shifts)
        }
    }

    /// The vectors of a row side by side by one map, `[.., outputs]`.
    func mapped(by map: Linear) throws(TensorError) -> Tensor {
        switch self {
        case .vectors: return try map(sideBySide())
        case .embedded(let numbers, let scales, let shifts):
            let (variables, outputs) = (scales.shape[0], map.weight.shape[0])
            let weights = try map.weight.reshaped([outputs, variables, scales.shape[2]]).transposed(0, 1)
                .transposed(1, 2)
            let scale = try scales.matmul(weights).reshaped([variables, outputs])
            let shift = try shifts.matmul(weights).reshaped([variables, outputs]).sum(dimension: 0)
            let product = try (map.bias.map { bias throws(TensorError) in try bias + shift } ?? shift)
                .adding(productOf: numbers.reshaped([rows, variables]), scale)
            return try product.reshaped(leading + [outputs])
        }
    }

    /// The vectors of a row side by side, `[.., variable · width]`.
    func sideBySide() throws(TensorError) -> Tensor {
        switch self {
        case .vectors(let x): try x.reshaped(leading + [x.shape.suffix(2).reduce(1, *)])
        case .embedded(_, let scales, _):
            try byVariable().transposed(0, 1).reshaped(leading + [scales.shape[0] * scales.shape[2]])
        }
    }

    /// The numbers by variable, `[variable, row, 1]`.
    private func column(_ numbers: Tensor) throws(TensorError) -> Tensor {
        try numbers.reshaped([rows, numbers.shape[numbers.shape.count - 1]]).transposed(0, 1).unsqueezed(-1)
    }
}

/// Linear maps of one shape, each for a variable of its own, as stacked matrices.
struct LinearMaps {
    /// `[variable, inputs, outputs]`.
    let weights: Tensor
    /// `[variable, 1, outputs]`.
    private let biases: Tensor

    init(_ maps: [Linear]) throws(TensorError) {
        weights = try Tensor.stacked(maps.map(\.weight), dimension: 0).transposed(1, 2)
        biases = try Tensor.stacked(maps.compactMap(\.bias), dimension: 0).unsqueezed(1)
    }

    /// `[variable, row, inputs]` to `[variable, row, outputs]`.
    func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor { try biases.adding(productOf: x, weights) }
}
