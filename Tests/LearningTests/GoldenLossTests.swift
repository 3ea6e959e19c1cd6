import Learning
import Schema
import Tensor
import TestKit
import Testing

@Suite("Losses against PyTorch", .enabled(if: Golden.isWanted))
struct GoldenLossTests {
    /// The types that the losses are measured in, each with the tolerance of the reference: 1e-12 of the value in double
    /// precision, 1e-5 in single.
    static let precisions: [(Tensor.ElementType, Double)] = [(.float64, 1e-12), (.float32, 1e-5)]

    private let golden: Golden

    init() throws { golden = try Golden("05_losses.json") }

    /// Numbers of the file as a tensor.
    private func tensor(
        _ golden: Golden, _ key: String, _ type: Tensor.ElementType = .float64
    ) throws -> Tensor {
        let numbers = try golden.numbers(key)
        return try Tensor(numbers, shape: [numbers.count]).converted(to: type)
    }

    private func matrix(_ golden: Golden, _ key: String, _ type: Tensor.ElementType = .float64) throws -> Tensor {
        let rows = try golden.rows(key)
        return try Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count]).converted(to: type)
    }

    /// Compares to a relative tolerance, absolute below one.
    private func expect(_ found: [Double], _ wanted: [Double], _ tolerance: Double, _ key: String) {
        #expect(found.count == wanted.count, "\(key)")
        for (left, right) in zip(found, wanted) {
            #expect(abs(left - right) <= tolerance * max(abs(right), 1), "\(key)")
        }
    }

    private func expect(_ found: Tensor, _ golden: Golden, _ key: String, _ tolerance: Double) throws {
        let wanted = try golden.numberList(key)
        expect(try found.doubles(), wanted, tolerance, key)
    }

    @Test("Binary cross-entropy, with and without a positive weight", arguments: precisions)
    func binaryCrossEntropy(type: Tensor.ElementType, tolerance: Double) throws {
        let golden = try golden["bce"]
        let (logits, targets) = (try tensor(golden, "logits", type), try tensor(golden, "targets", type))
        let weight = try Tensor([3.0], shape: [1]).converted(to: type)
        try expect(logits.binaryCrossEntropy(targets), golden, "mean", tolerance)
        try expect(logits.binaryCrossEntropy(targets, positiveWeight: weight), golden, "pos_weight_3", tolerance)
    }

    @Test("Cross-entropy and its gradient, with class weights, smoothing and focus", arguments: precisions)
    func crossEntropy(type: Tensor.ElementType, tolerance: Double) throws {
        let golden = try golden["cross_entropy"]
        let logits = try matrix(golden, "logits", type).requiringGradient()
        let numbers = try golden.numbers("labels").map { Int($0) }
        let labels = try Tensor(numbers.map { Int64($0) }, shape: [numbers.count])
        let balanced = ClassWeights.balanced(numbers, classes: 3)
        expect(balanced, try golden.numbers("balanced_weights_n/(k*count)"), 1e-15, "balanced weights")
        let weights = try Tensor(balanced, shape: [3]).converted(to: type)
        try expect(logits.crossEntropy(labels), golden, "plain_mean", tolerance)
        try expect(logits.crossEntropy(labels, smoothing: 0.1), golden, "label_smoothing_0.1_plain", tolerance)
        try expect(
            logits.crossEntropy(labels, classWeights: weights, smoothing: 0.1), golden,
            "label_smoothing_0.1_weighted", tolerance)
        try expect(
            logits.focalLoss(labels, gamma: 2, classWeights: weights), golden, "focal_gamma2_weighted_mean_over_n",
            tolerance)
        try expect(
            logits.focalLoss(labels, gamma: 0, classWeights: weights) * Double(numbers.count), golden, "weighted_sum",
            tolerance)
        let weighted = try logits.crossEntropy(labels, classWeights: weights)
        try expect(weighted, golden, "weighted_mean_(divided_by_sum_of_weights)", tolerance)
        try weighted.backward()
        let gradient = try #require(logits.gradient)
        try expect(gradient, golden, "grad_weighted_mean_wrt_logits", tolerance)
    }

    @Test("Squares, distances, Huber's mixture of both, and pinball losses", arguments: precisions)
    func regression(type: Tensor.ElementType, tolerance: Double) throws {
        let golden = try golden["regression"]
        let (found, targets) = (try tensor(golden, "pred", type), try tensor(golden, "target", type))
        try expect(found.meanSquaredError(targets), golden, "mse", tolerance)
        try expect(found.meanAbsoluteError(targets), golden, "mae", tolerance)
        try expect(found.huberLoss(targets), golden, "huber_delta1", tolerance)
        try expect(found.huberLoss(targets, delta: 0.5), golden, "huber_delta0.5", tolerance)
        try expect(found.smoothL1Loss(targets, beta: 0.5), golden, "smooth_l1_beta0.5", tolerance)
        let loss = QuantileLoss(quantiles: [0.1, 0.5, 0.9])
        let predictions = try Tensor.stacked([found, found, found], dimension: 1)
        let means = try loss.elements(predictions, targets).mean(dimension: 0)
        try expect(means, golden, "pinball_0.1_0.5_0.9", tolerance)
        #expect(throws: TensorError.self) { try found.meanSquaredError(targets.unsqueezed(1)) }
        #expect(throws: TensorError.self) { try loss.mean(found, targets) }
    }

    @Test("Generalised advantages and returns, over the ends of episodes")
    func advantages() throws {
        let golden = try golden["gae"]
        let estimate = AdvantageEstimate(
            rewards: try golden.numbers("rewards"), values: try golden.numbers("values"),
            lastValue: try golden.number("last_value"),
            endsEpisode: try golden.numbers("done_after_step").map { $0 == 1 }, discount: try golden.number("gamma"),
            decay: try golden.number("lambda"))
        expect(estimate.advantages, try golden.numbers("advantages"), 1e-12, "advantages")
        expect(estimate.returns, try golden.numbers("returns"), 1e-12, "returns")
    }

    @Test("The terms of PPO and their gradients", arguments: precisions)
    func proximalPolicy(type: Tensor.ElementType, tolerance: Double) throws {
        let golden = try golden["ppo"]
        let logits = try matrix(golden, "new_logits", type).requiringGradient()
        let values = try tensor(golden, "values_new", type).requiringGradient()
        let actions = try Tensor(golden.numbers("actions").map { Int64($0) }, shape: [24])
        let advantages = try tensor(golden, "advantages_raw", type).normalizedAdvantages()
        try expect(advantages, golden, "advantages_normalised_std_ddof1_eps1e-8", tolerance)
        let old = try CategoricalPolicy(logits: matrix(golden, "old_logits", type)).logProbability(of: actions)
        let policy = try CategoricalPolicy(logits: logits)
        let experience = ProximalPolicyLoss.Experience(
            logProbabilities: old, values: try tensor(golden, "values_old", type), advantages: advantages,
            returns: try tensor(golden, "returns", type))
        func terms(_ loss: ProximalPolicyLoss) throws -> ProximalPolicyLoss.Terms {
            try loss(
                logProbabilities: policy.logProbability(of: actions), entropy: policy.entropy(), values: values,
                experience)
        }
        let found = try terms(ProximalPolicyLoss())
        try expect((policy.logProbability(of: actions) - old).exp(), golden, "ratio", tolerance)
        try expect(found.policy, golden, "policy_loss", tolerance)
        try expect(found.entropy, golden, "entropy", tolerance)
        try expect(found.value, golden, "value_loss_half_mse", tolerance)
        try expect(found.total, golden, "total = policy + 0.5*value_loss_half_mse - 0.01*entropy", tolerance)
        try expect(found.divergence, golden, "approx_kl_k3_mean((ratio-1)-log ratio)", tolerance)
        try expect((old - policy.logProbability(of: actions)).mean(), golden, "approx_kl_mean(old-new)", tolerance)
        expect([found.clippedShare], [try golden.number("clip_fraction")], 0, "clip_fraction")
        try expect(terms(ProximalPolicyLoss(clipsValues: true)).value, golden, "value_loss_clipped_half", tolerance)
        try found.total.backward()
        try expect(#require(logits.gradient), golden, "grad_total_wrt_new_logits", tolerance)
        try expect(#require(values.gradient), golden, "grad_total_wrt_values", tolerance)
    }

    @Test("Targets and losses of deep Q-learning, plain, double, weighted and dueling", arguments: precisions)
    func deepQLearning(type: Tensor.ElementType, tolerance: Double) throws {
        let dqn = try golden["dqn"]
        let (online, target) = (try matrix(dqn, "q_next_online", type), try matrix(dqn, "q_next_target", type))
        let actions = try Tensor(dqn.numbers("actions").map { Int64($0) }, shape: [12])
        let taken = try TemporalDifference.values(of: actions, in: matrix(dqn, "q", type))
        func goal(_ nextValues: Tensor) throws -> Tensor {
            try TemporalDifference.target(
                rewards: tensor(dqn, "rewards", type), ended: tensor(dqn, "done", type), nextValues: nextValues,
                discount: dqn.number("gamma"))
        }
        let plain = try goal(TemporalDifference.bestValues(target: target))
        let double = try goal(TemporalDifference.doubleValues(online: online, target: target))
        try expect(plain, dqn, "target_dqn", tolerance)
        try expect(double, dqn, "target_double", tolerance)
        try expect(double - taken, dqn, "td_error_double", tolerance)
        try expect(taken.meanSquaredError(plain), dqn, "mse_dqn", tolerance)
        try expect(taken.meanSquaredError(double), dqn, "mse_double", tolerance)
        try expect(TemporalDifference.loss(taken, plain), dqn, "huber1_dqn", tolerance)
        try expect(TemporalDifference.loss(taken, double), dqn, "huber1_double", tolerance)
        let per = try dqn["per"]
        let replay = PrioritizedReplay(alpha: try per.number("alpha"), beta: try per.number("beta"))
        let probabilities = replay.probabilities(try per.numbers("priorities"))
        let weights = replay.weights(probabilities, of: 12)
        expect(probabilities, try per.numbers("prob"), 1e-12, "prob")
        expect(weights, try per.numbers("is_weights_over_max"), 1e-12, "is_weights_over_max")
        let weighting = try Tensor(weights, shape: [12]).converted(to: type)
        try expect(
            TemporalDifference.loss(taken, double, weights: weighting), per, "weighted_huber1_double", tolerance)
        let dueling = try golden["dueling"]
        try expect(
            TemporalDifference.dueling(
                value: matrix(dueling, "value", type), advantages: matrix(dueling, "advantage", type)), dueling, "q",
            tolerance)
    }

    @Test("Actions, densities and losses of the soft actor-critic", arguments: precisions)
    func softActorCritic(type: Tensor.ElementType, tolerance: Double) throws {
        let sac = try golden["sac"]
        let gaussian = try SquashedGaussian(
            mean: matrix(sac, "mean", type), logDeviation: matrix(sac, "log_std", type),
            noise: matrix(sac, "noise", type))
        try expect(gaussian.action, sac, "action", tolerance)
        try expect(gaussian.logProbability, sac, "logprob_softplus_exact", tolerance)
        let (density, alpha) = (gaussian.logProbability, try sac.number("alpha"))
        let current = (try tensor(sac, "q1", type), try tensor(sac, "q2", type))
        let goal = try SoftActorCritic.target(
            rewards: tensor(sac, "reward", type), ended: tensor(sac, "done", type),
            nextValues: (tensor(sac, "target_q1_next", type), tensor(sac, "target_q2_next", type)),
            nextLogProbability: density, temperature: alpha, discount: sac.number("gamma"))
        try expect(goal, sac, "target_y", tolerance)
        try expect(
            SoftActorCritic.criticLoss(current, goal), sac, "critic_loss = mse(q1,y)+mse(q2,y)", tolerance)
        try expect(
            SoftActorCritic.actorLoss(current, logProbability: density, temperature: alpha), sac,
            "actor_loss = mean(alpha*logp - min(q1,q2))", tolerance)
        let logAlpha = try Tensor([alpha], shape: []).log().converted(to: type)
        try expect(
            SoftActorCritic.temperatureLoss(
                logTemperature: logAlpha, logProbability: density, targetEntropy: sac.number("target_entropy")), sac,
            "alpha_loss = -mean(log_alpha*(logp+target_entropy))", tolerance)
    }

    @Test("Balanced class weights are n ∕ (k · count), with k the classes that there are")
    func balanced() {
        #expect(ClassWeights.balanced([0, 0, 0, 1, 1, 2], classes: 3) == [6.0 / 9, 1, 2])
        #expect(ClassWeights.balanced([0, 2, 2, 2], classes: 4) == [2, 0, 4.0 / 6, 0])
        #expect(ClassWeights.balanced([], classes: 2) == [0, 0])
    }

    @Test("Every reference loss is one that a test here compares with")
    func complete() throws {
        let sections = ["bce", "cross_entropy", "regression", "gae", "ppo", "dqn", "dueling", "sac"]
        #expect(golden.keys == (sections + ["lib", "tolerance"]).sorted())
    }
}
