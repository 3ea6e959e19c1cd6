public import Tensor

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101), as PyTorch computes it.
public struct AdamW: Optimizer {
    /// What stays the same from step to step.
    public struct Configuration: Codable, Sendable, Equatable {
        public var beta1: Double
        public var beta2: Double
        public var epsilon: Double
        /// The share of each parameter, times the learning rate, that a step takes away.
        public var weightDecay: Double

        public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
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
        try moments.step(learningRate: learningRate, configuration, isDecoupled: true)
    }
}
