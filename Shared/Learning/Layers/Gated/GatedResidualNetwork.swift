public import Tensor

/// Two layers behind a gate that can leave them out where the data do not need them.
///
/// Lim et al. 2019, arXiv:1912.09363, section 4.1, equations 2 to 4. Shapes: `x [.., inputs]`, context
/// broadcastable to `[.., context]`, result `[.., outputs]`.
public struct GatedResidualNetwork: CompositeLayer {
    let fc1: Linear
    let fc2: Linear
    let gate: GatedAddNorm
    private let context: Linear?
    /// Brings the input to the outputs' width, where that differs.
    private let skip: Linear?

    public init(
        inputs: Int, hidden: Int, outputs: Int, context: Int? = nil, dropout: Double = 0,
        type: Tensor.ElementType = .float32, using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        fc1 = try Linear(inputs: inputs, outputs: hidden, type: type, using: &random)
        fc2 = try Linear(inputs: hidden, outputs: hidden, type: type, using: &random)
        gate = try GatedAddNorm(inputs: hidden, outputs: outputs, dropout: dropout, type: type, using: &random)
        if let context {
            self.context = try Linear(inputs: context, outputs: hidden, hasBias: false, type: type, using: &random)
        } else {
            self.context = nil
        }
        skip = inputs == outputs ? nil : try Linear(inputs: inputs, outputs: outputs, type: type, using: &random)
    }

    public var parts: [NamedLayer] {
        [("fc1", fc1), ("fc2", fc2), ("gan", gate)] + (context.map { [("context", $0)] } ?? [])
            + (skip.map { [("skip", $0)] } ?? [])
    }

    /// The network's answer to `x`; a context may be `given` to networks that were made with one.
    public func callAsFunction(
        _ x: Tensor, context given: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        try answer(fc1(x), context: given, skip: skip?(x) ?? x, &pass)
    }

    /// The same for the variables' vectors side by side.
    func callAsFunction(
        _ x: VariableVectors, context given: Tensor? = nil, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        let skipped = if let skip { try x.mapped(by: skip) } else { try x.sideBySide() }
        return try answer(x.mapped(by: fc1), context: given, skip: skipped, &pass)
    }

    private func answer(
        _ first: Tensor, context given: Tensor?, skip: Tensor, _ pass: inout ForwardPass
    ) throws(TensorError) -> Tensor {
        var inner = first
        if let given {
            guard let context else { preconditionFailure("this network was made without a context") }
            inner = try inner + context(given)
        }
        return try gate(fc2(inner.elu()), skip: skip, &pass)
    }
}
