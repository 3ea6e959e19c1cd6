public import Tensor

/// What deep Q-learning learns towards, and how far it is from it.
public enum TemporalDifference {
    /// r + γ · V(next), or r where the episode ended; all `[batch]`.
    ///
    /// - Parameters:
    ///   - rewards: of the steps.
    ///   - ended: 1 where the episode ended with the step, else 0.
    ///   - nextValues: of the states after the steps.
    ///   - discount: γ, in 0...1.
    /// - Returns: `[batch]`.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public static func target(
        rewards: Tensor, ended: Tensor, nextValues: Tensor, discount: Double
    ) throws(TensorError) -> Tensor {
        try rewards + (ended * -1 + 1) * nextValues * discount
    }

    /// The value of the best next action by the target network (Mnih and others 2015), `[batch]`.
    ///
    /// `target` holds Q of each next action, `[batch, action]`.
    public static func bestValues(target: Tensor) throws(TensorError) -> Tensor {
        try target.maximum(dimension: 1)
    }

    /// The value by the target network of the action that the online network likes best, `[batch]`.
    ///
    /// Choosing and judging by different networks takes away the bias upwards (van Hasselt et al. 2016, arXiv:1509.06461,
    /// equation 4).
    ///
    /// - Parameters:
    ///   - online: Q of each next action by the network that learns, `[batch, action]`.
    ///   - target: Q of each next action by its delayed copy, `[batch, action]`.
    /// - Returns: `[batch]`.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public static func doubleValues(online: Tensor, target: Tensor) throws(TensorError) -> Tensor {
        try values(of: online.argumentOfMaximum(dimension: 1), in: target)
    }

    /// Q of the actions taken (`int64`, `[batch]`) out of `[batch, action]`.
    public static func values(of actions: Tensor, in q: Tensor) throws(TensorError) -> Tensor {
        try q.gathered(dimension: 1, at: actions.unsqueezed(1)).reshaped(actions.shape)
    }

    /// The mean Huber loss, each error times its weight against the bias of prioritised replay; all `[batch]`.
    public static func loss(
        _ values: Tensor, _ targets: Tensor, weights: Tensor? = nil, delta: Double = 1
    ) throws(TensorError) -> Tensor {
        let losses = try values.huber(targets, delta: delta)
        guard let weights else { return try losses.mean() }
        return try (losses * weights).mean()
    }

    /// Q = V + A - mean A (Wang and others 2016, arXiv:1511.06581, equation 9).
    ///
    /// V is `[batch, 1]`, A and the result are `[batch, action]`.
    public static func dueling(value: Tensor, advantages: Tensor) throws(TensorError) -> Tensor {
        try value + advantages - advantages.mean(dimension: 1).unsqueezed(1)
    }
}
