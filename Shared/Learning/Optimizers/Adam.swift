public import Tensor

/// Steps by the running mean of the gradient over the root of that of its square (Kingma & Ba 2015, arXiv:1412.6980), as
/// PyTorch computes it.
public struct Adam: Optimizer {
    /// What stays the same from step to step.
    public struct Configuration: Codable, Sendable, Equatable {
        public var beta1: Double
        public var beta2: Double
        public var epsilon: Double
        /// Times each parameter, added to its gradient: the gradient of a penalty on its square.
        public var penalty: Double

        public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, penalty: Double = 0) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.penalty = penalty
        }
    }

    public let configuration: Configuration
    private let moments: AdamMoments

    /// Starts with moments of zero.
    public init(_ parameters: [NamedTensor], _ configuration: Configuration = Configuration()) throws(TensorError) {
        self.configuration = configuration
        moments = try AdamMoments(parameters)
    }

    public var parameters: [Tensor] { moments.parameters }
    public var state: [NamedTensor] { moments.state }

    public func step(learningRate: Double) throws(TensorError) {
        try moments.step(
            Tensor.AdamNumbers(
                learningRate: learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
                epsilon: configuration.epsilon, weightDecay: configuration.penalty, isDecoupled: false))
    }
}
