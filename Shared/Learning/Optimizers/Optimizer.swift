public import Tensor

/// What changes parameters by their gradients.
public protocol Optimizer: Sendable {
    /// The parameters that it changes.
    var parameters: [Tensor] { get }
    /// What a checkpoint must keep, with PyTorch's names such as `weight.exp_avg`.
    var state: [NamedTensor] { get }

    /// Changes each parameter by its gradient.
    func step(learningRate: Double) throws(TensorError)
}

extension Optimizer {
    /// Forgets all gradients.
    public func clearGradients() {
        for parameter in parameters { parameter.clearGradient() }
    }

    /// Scales the gradients so that their common norm is at most `maximum`; gives the norm before.
    public func clipGradients(toNorm maximum: Double) throws(TensorError) -> Double {
        try Tensor.clipGradients(of: parameters, toNorm: maximum)
    }

    /// Brings each element of the gradients to a magnitude of at most `maximum`.
    public func clipGradients(toMagnitude maximum: Double) throws(TensorError) {
        try Tensor.clipGradients(of: parameters, toMagnitude: maximum)
    }
}
