public import Tensor

/// One linear map times the sigmoid of another: a gate that can close (Dauphin and others 2017, arXiv:1612.08083).
///
/// Lim et al. 2019, arXiv:1912.09363, equation 5. Shapes: `x [.., inputs]`, result `[.., outputs]`; `fc` holds both maps,
/// that of the gate second.
public struct GatedLinearUnit: CompositeLayer {
    let fc: Linear

    public init(
        inputs: Int, outputs: Int, type: Tensor.ElementType = .float32, using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        fc = try Linear(inputs: inputs, outputs: 2 * outputs, type: type, using: &random)
    }

    public var parts: [NamedLayer] { [("fc", fc)] }

    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        try fc(x).gatedLinearUnit()
    }
}

/// A gated residual connection: dropout, gate, sum with what is skipped to, layer normalisation.
///
/// Lim et al. 2019, arXiv:1912.09363, equations 2, 17, 20 and 22. Shapes: `x [.., inputs]`, `skip` and result
/// `[.., outputs]`.
public struct GatedAddNorm: CompositeLayer {
    let glu: GatedLinearUnit
    let norm: LayerNorm
    private let dropout: Dropout

    public init(
        inputs: Int, outputs: Int, dropout: Double = 0, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        glu = try GatedLinearUnit(inputs: inputs, outputs: outputs, type: type, using: &random)
        norm = try LayerNorm(size: outputs, type: type)
        self.dropout = Dropout(share: dropout)
    }

    public var parts: [NamedLayer] { [("glu", glu), ("norm", norm)] }

    public func callAsFunction(
        _ x: Tensor, skip: Tensor, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        try norm(glu(dropout(x, &pass)) + skip)
    }
}
