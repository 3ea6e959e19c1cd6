internal import Tensor

/// The running moments of Adam, which AdamW shares.
struct AdamMoments: Sendable {
    let parameters: [Tensor]
    private let names: [String]
    private let first: [Tensor]
    private let second: [Tensor]
    private let steps: [Tensor]

    /// Starts with moments of zero, where the parameters are.
    init(_ parameters: [NamedTensor]) throws(TensorError) {
        names = parameters.map(\.name)
        self.parameters = parameters.map(\.value)
        var moments: [[Tensor]] = [[], [], []]
        for (_, value) in parameters {
            moments[0].append(try Tensor.zeros(value.shape, type: value.elementType, on: value.device))
            moments[1].append(try Tensor.zeros(value.shape, type: value.elementType, on: value.device))
            moments[2].append(try Tensor.zeros([], on: value.device))
        }
        first = moments[0]
        second = moments[1]
        steps = moments[2]
    }

    /// Steps, with the decay beside the gradient or, where it is decoupled, beside the step.
    func step(
        learningRate: Double, _ configuration: AdamW.Configuration, isDecoupled: Bool
    ) throws(TensorError) {
        try Tensor.adamStep(
            parameters: parameters, firstMoments: first, secondMoments: second, steps: steps,
            Tensor.AdamNumbers(
                learningRate: learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
                epsilon: configuration.epsilon, weightDecay: configuration.weightDecay, isDecoupled: isDecoupled))
    }

    var state: [NamedTensor] {
        names.indices.flatMap { index -> [NamedTensor] in
            [
                ("\(names[index]).exp_avg", first[index]), ("\(names[index]).exp_avg_sq", second[index]),
                ("\(names[index]).step", steps[index]),
            ]
        }
    }
}
