public import Tensor

/// Steps against the gradient, with momentum (Polyak 1964), as PyTorch's SGD computes it.
public struct GradientDescent: Optimizer {
    /// The share of the last velocity that is kept, in 0 ..< 1.
    public let momentum: Double
    public let parameters: [Tensor]
    private let names: [String]
    private let velocities: [Tensor]

    /// Starts at rest, where the parameters are.
    public init(_ parameters: [NamedTensor], momentum: Double = 0) throws(TensorError) {
        precondition(momentum >= 0 && momentum < 1, "a momentum must be in [0, 1)")
        self.momentum = momentum
        self.parameters = parameters.map(\.value)
        names = parameters.map(\.name)
        var velocities: [Tensor] = []
        for (_, value) in parameters {
            velocities.append(try Tensor.zeros(value.shape, type: value.elementType, on: value.device))
        }
        self.velocities = velocities
    }

    public var state: [NamedTensor] { zip(names, velocities).map { ("\($0).momentum_buffer", $1) } }

    public func step(learningRate: Double) throws(TensorError) {
        try Tensor.descentStep(
            parameters: parameters, velocities: velocities, learningRate: learningRate, momentum: momentum)
    }
}
