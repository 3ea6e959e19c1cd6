public import Tensor

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101), as PyTorch computes it.
public struct AdamW: Sendable {
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
    private let names: [String]
    private let parameters: [Tensor]
    private let firstMoments: [Tensor]
    private let secondMoments: [Tensor]
    private let steps: [Tensor]

    /// Starts with moments of zero.
    public init(_ parameters: [NamedTensor], _ configuration: Configuration = Configuration()) throws(TensorError) {
        self.configuration = configuration
        names = parameters.map(\.name)
        self.parameters = parameters.map(\.value)
        var moments: [[Tensor]] = [[], [], []]
        for (_, value) in parameters {
            moments[0].append(try Tensor.zeros(value.shape, type: value.elementType))
            moments[1].append(try Tensor.zeros(value.shape, type: value.elementType))
            moments[2].append(try Tensor.zeros([]))
        }
        firstMoments = moments[0]
        secondMoments = moments[1]
        steps = moments[2]
    }

    /// Changes each parameter by its gradient.
    public func step(learningRate: Double) throws(TensorError) {
        try Tensor.adamWStep(
            parameters: parameters, firstMoments: firstMoments, secondMoments: secondMoments, steps: steps,
            Tensor.AdamWNumbers(
                learningRate: learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
                epsilon: configuration.epsilon, weightDecay: configuration.weightDecay))
    }

    /// Forgets all gradients.
    public func clearGradients() {
        for parameter in parameters { parameter.clearGradient() }
    }

    /// Scales the gradients so that their common norm is at most `maximum`; gives the norm before.
    public func clipGradients(toNorm maximum: Double) throws(TensorError) -> Double {
        try Tensor.clipGradients(of: parameters, toNorm: maximum)
    }

    /// What a checkpoint must keep, with PyTorch's names such as `weight.exp_avg`.
    public var state: [NamedTensor] {
        names.indices.flatMap { index -> [NamedTensor] in
            [
                ("\(names[index]).exp_avg", firstMoments[index]),
                ("\(names[index]).exp_avg_sq", secondMoments[index]),
                ("\(names[index]).step", steps[index]),
            ]
        }
    }
}
