public import Tensor

/// The loss of proximal policy optimisation with a clipped ratio (Schulman and others 2017, arXiv:1707.06347, equations 7 and
/// 9).
public struct ProximalPolicyLoss: Codable, Sendable, Equatable {
    /// How far the ratio of new to old probability may leave 1 and still be rewarded.
    public var clip: Double
    /// The share of the value loss in the total.
    public var valueShare: Double
    /// The share of the entropy that the total is lowered by.
    public var entropyShare: Double
    /// Whether a value that moves further than ``clip`` from the old one gains nothing.
    public var clipsValues: Bool

    public init(clip: Double = 0.2, valueShare: Double = 0.5, entropyShare: Double = 0.01, clipsValues: Bool = false) {
        self.clip = clip
        self.valueShare = valueShare
        self.entropyShare = entropyShare
        self.clipsValues = clipsValues
    }

    /// What was seen when the actions were taken; each `[batch]`.
    public struct Experience {
        /// ln p of the action, by the policy of then.
        public let logProbabilities: Tensor
        /// Of the state, by the value function of then.
        public let values: Tensor
        /// Normalised: ``Tensor/normalizedAdvantages()``.
        public let advantages: Tensor
        public let returns: Tensor

        public init(logProbabilities: Tensor, values: Tensor, advantages: Tensor, returns: Tensor) {
            self.logProbabilities = logProbabilities
            self.values = values
            self.advantages = advantages
            self.returns = returns
        }
    }

    /// The parts of the loss, one number each.
    public struct Terms {
        /// policy + ``ProximalPolicyLoss/valueShare`` · value - ``ProximalPolicyLoss/entropyShare`` · entropy.
        public let total: Tensor
        public let policy: Tensor
        /// Half the mean square error.
        public let value: Tensor
        public let entropy: Tensor
        /// The mean of (ratio - 1) - ln ratio, which estimates how far the policy has moved; never below zero.
        public let divergence: Tensor
        /// The share of ratios that left the clip range, 0...1.
        public let clippedShare: Double
    }

    /// The loss of the policy and the value function of now.
    ///
    /// - Parameters:
    ///   - logProbabilities: ln p of the actions by the policy of now, `[batch]`.
    ///   - entropy: of the policy of now, `[batch]`.
    ///   - values: of the states by the value function of now, `[batch]`.
    ///   - experience: what was seen when the actions were taken.
    /// - Returns: the total, and what it is made of.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public func callAsFunction(
        logProbabilities: Tensor, entropy: Tensor, values: Tensor, _ experience: Experience
    ) throws(TensorError) -> Terms {
        let logRatio = try logProbabilities - experience.logProbabilities
        let ratio = try logRatio.exp()
        let clipped = try ratio.clamped(to: (1 - clip)...(1 + clip))
        let gain = try (ratio * experience.advantages).minimum(clipped * experience.advantages)
        let (policy, value, entropy) = (try gain.mean() * -1, try valueLoss(values, experience), try entropy.mean())
        let ratios = try ratio.doubles()
        return Terms(
            total: try policy + value * valueShare - entropy * entropyShare, policy: policy, value: value,
            entropy: entropy, divergence: try (ratio + -1 - logRatio).mean(),
            clippedShare: Double(ratios.count { abs($0 - 1) > clip }) / Double(ratios.count))
    }

    private func valueLoss(_ values: Tensor, _ experience: Experience) throws(TensorError) -> Tensor {
        let plain = try (values - experience.returns).power(2)
        guard clipsValues else { return try plain.mean() * 0.5 }
        let moved = try experience.values + (values - experience.values).clamped(to: -clip...clip)
        return try plain.maximum((moved - experience.returns).power(2)).mean() * 0.5
    }
}

extension Tensor {
    /// Advantages `[batch]` with zero mean and unit variance (that of a sample), as PPO takes them.
    public func normalizedAdvantages() throws(TensorError) -> Tensor {
        precondition(count > 1, "one advantage has no variance")
        let centred = try self - mean()
        let deviation = try (centred.power(2).sum() * (1 / Double(count - 1))).power(0.5)
        return try centred / (deviation + 1e-8)
    }
}
