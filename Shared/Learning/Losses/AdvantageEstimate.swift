/// Generalised advantages of a stretch of steps (Schulman and others 2016, arXiv:1506.02438, equation 16).
///
/// δ(t) = r(t) + γ V(t+1) - V(t) and A(t) = δ(t) + γ λ A(t+1), where nothing comes over from behind the end of an episode.
public struct AdvantageEstimate: Sendable, Equatable {
    /// How much better each step was than its state's value said.
    public let advantages: [Double]
    /// What the value function should have said: advantage plus value.
    public let returns: [Double]

    /// - Parameters:
    ///   - rewards: of each step.
    ///   - values: of the state before each step.
    ///   - lastValue: of the state after the last step.
    ///   - endsEpisode: whether the episode ended with the step.
    ///   - discount: γ, in 0...1.
    ///   - decay: λ, in 0...1.
    public init(
        rewards: [Double], values: [Double], lastValue: Double, endsEpisode: [Bool], discount: Double, decay: Double
    ) {
        precondition(
            values.count == rewards.count && endsEpisode.count == rewards.count, "each step needs a value and an end")
        var advantages = [Double](repeating: 0, count: rewards.count)
        var (nextValue, nextAdvantage) = (lastValue, 0.0)
        for step in rewards.indices.reversed() {
            let reach = endsEpisode[step] ? 0 : discount
            let surprise = rewards[step] + reach * nextValue - values[step]
            advantages[step] = surprise + reach * decay * nextAdvantage
            (nextValue, nextAdvantage) = (values[step], advantages[step])
        }
        self.advantages = advantages
        returns = zip(advantages, values).map(+)
    }
}
