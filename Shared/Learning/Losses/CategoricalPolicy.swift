public import Tensor

/// A choice among actions, by the softmax of logits `[batch, action]`.
public struct CategoricalPolicy {
    /// ln p of each action, `[batch, action]`.
    public let logProbabilities: Tensor

    public init(logits: Tensor) throws(TensorError) {
        logProbabilities = try logits.logSoftmax(dimension: 1)
    }

    /// ln p of the actions taken, `int64`, `[batch]`.
    public func logProbability(of actions: Tensor) throws(TensorError) -> Tensor {
        try logProbabilities.gathered(dimension: 1, at: actions.unsqueezed(1)).reshaped(actions.shape)
    }

    /// -Σ p ln p of each row, in nats, `[batch]`.
    public func entropy() throws(TensorError) -> Tensor {
        try (logProbabilities.exp() * logProbabilities).sum(dimension: 1) * -1
    }
}
