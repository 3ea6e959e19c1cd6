internal import Foundation
public import Tensor

/// An action drawn from a normal distribution and squashed between -1 and 1, with ln of its density.
///
/// Haarnoja et al. 2018, arXiv:1812.05905, appendix C. Shapes: all `[batch, action]`.
public struct SquashedGaussian {
    /// tanh(mean + σ · noise), `[batch, action]`.
    public let action: Tensor
    /// ln of the action's density, `[batch]`.
    ///
    /// The density's factor 1 - tanh²(u) is taken as 2 · (ln 2 - u - softplus(-2u)), which stays exact where tanh is
    /// next to 1 and the usual 1e-6 inside a logarithm shifts the result.
    public let logProbability: Tensor

    /// Squashes the draw of a normal distribution with ln σ = `logDeviation` that standard normal `noise` stands for.
    public init(mean: Tensor, logDeviation: Tensor, noise: Tensor) throws(TensorError) {
        let u = try mean + logDeviation.exp() * noise
        action = try u.tanh()
        let normal = try noise.power(2) * -0.5 - logDeviation + -0.5 * log(2 * Double.pi)
        let squashing = try (u + (u * -2).softplus() + -log(2.0)) * -2
        logProbability = try (normal - squashing).sum(dimension: 1)
    }
}

/// The losses of the soft actor-critic (Haarnoja and others 2018, arXiv:1812.05905); all tensors `[batch]`.
public enum SoftActorCritic {
    /// What both critics learn towards: r + γ · (min(Q₁, Q₂) - α · ln p), or r where the episode ended.
    ///
    /// - Parameters:
    ///   - rewards: of the steps.
    ///   - ended: 1 where the episode ended with the step, else 0.
    ///   - nextValues: of both target critics for the next actions.
    ///   - nextLogProbability: ln p of the next actions.
    ///   - temperature: α, the worth of a nat of entropy.
    ///   - discount: γ, in 0...1.
    /// - Returns: `[batch]`.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public static func target(
        rewards: Tensor, ended: Tensor, nextValues: (Tensor, Tensor), nextLogProbability: Tensor, temperature: Double,
        discount: Double
    ) throws(TensorError) -> Tensor {
        let soft = try nextValues.0.minimum(nextValues.1) - nextLogProbability * temperature
        return try TemporalDifference.target(rewards: rewards, ended: ended, nextValues: soft, discount: discount)
    }

    /// The mean square errors of both critics, summed.
    public static func criticLoss(_ values: (Tensor, Tensor), _ targets: Tensor) throws(TensorError) -> Tensor {
        try values.0.meanSquaredError(targets) + values.1.meanSquaredError(targets)
    }

    /// The mean of α · ln p - min(Q₁, Q₂) for actions of the policy of now.
    public static func actorLoss(
        _ values: (Tensor, Tensor), logProbability: Tensor, temperature: Double
    ) throws(TensorError) -> Tensor {
        try (logProbability * temperature - values.0.minimum(values.1)).mean()
    }

    /// The loss of ln α that brings the entropy to `targetEntropy`, in nats.
    public static func temperatureLoss(
        logTemperature: Tensor, logProbability: Tensor, targetEntropy: Double
    ) throws(TensorError) -> Tensor {
        try (logTemperature * (logProbability + targetEntropy)).mean() * -1
    }
}
