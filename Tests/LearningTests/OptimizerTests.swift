import Learning
import Schema
import Tensor
import TestKit
import Testing

@Suite("Optimizer against PyTorch", .enabled(if: Golden.isWanted))
struct GoldenOptimizerTests {
    @Test("Five steps of a small network give PyTorch's losses, norms, clipped gradients and parameters")
    func smallNetwork() throws {
        let golden = try Golden("05_optim.json")
        let start = try SafeTensors(bytes: Golden.bytes("05_adamw.initial.safetensors"))
        let first = try Linear(
            weight: start.tensor(named: "fc1.weight"), bias: start.tensor(named: "fc1.bias"))
        let second = try Linear(
            weight: start.tensor(named: "fc2.weight"), bias: start.tensor(named: "fc2.bias"))
        let parameters = first.parameters(of: "fc1") + second.parameters(of: "fc2")
        let optimizer = try AdamW(parameters)
        let input = try golden.tensor("input_x")
        let labels = try Tensor(golden.numbers("labels").map { Int64($0) }, shape: [32])
        let schedule = LearningRateSchedule.cosineWarmRestarts(period: 2, multiplier: 2, minimum: 1e-4)

        let steps = try golden.objects("steps")
        #expect(steps.count == 5)
        for (index, step) in steps.enumerated() {
            let rate = schedule.rate(base: 1e-2, epoch: index)
            #expect(abs(rate - (try step.number("lr_used"))) < 1e-12)
            optimizer.clearGradients()
            let loss = try second(first(input).tanh()).crossEntropy(labels)
            #expect(abs(try loss.item() - (try step.number("loss_before_step"))) < 1e-5)
            try loss.backward()
            let norm = try optimizer.clipGradients(toNorm: 0.25)
            #expect(abs(norm - (try step.number("grad_norm_before_clip"))) < 1e-5)
            for (name, value) in parameters {
                let gradient = try #require(value.gradient)
                #expect(try largestGap(gradient, step["clipped_grads"].tensor(name)) < 1e-5, "\(name)")
            }
            try optimizer.step(learningRate: rate)
            for (name, value) in parameters {
                #expect(try largestGap(value, step["params_after"].tensor(name)) < 1e-5, "\(name)")
            }
        }
        let end = try SafeTensors(bytes: Golden.bytes("05_adamw.after5.safetensors"))
        for (name, value) in parameters {
            #expect(try largestGap(value, end.tensor(named: name)) < 1e-5, "\(name)")
        }
    }

    @Test(
        "Each optimizer in double precision follows PyTorch to the twelfth digit",
        arguments: ["adamw_lr1e-3_wd0.01", "adam_lr1e-3", "adam_lr1e-3_l2_0.01", "sgd_lr1e-2_mom0.9"])
    func doublePrecision(key: String) throws {
        let golden = try Golden("05_optim.json")["bare_float64"]
        let start = try golden.numbers("start")
        let parameter = try Tensor(start, shape: [start.count]).requiringGradient()
        let (optimizer, rate): (any Optimizer, Double) =
            switch key {
            case "adamw_lr1e-3_wd0.01": (try AdamW([("p", parameter)]), 1e-3)
            case "adam_lr1e-3": (try Adam([("p", parameter)]), 1e-3)
            case "adam_lr1e-3_l2_0.01": (try Adam([("p", parameter)], AdamW.Configuration(weightDecay: 0.01)), 1e-3)
            default: (try GradientDescent([("p", parameter)], momentum: 0.9), 1e-2)
            }
        let all = try golden["params_after_each_step"]
        #expect(all.keys.count == 4)
        let expected = try all.rows(key)
        #expect(expected.count == 5)
        for (gradient, after) in zip(try golden.rows("grads"), expected) {
            optimizer.clearGradients()
            try (parameter * Tensor(gradient, shape: [gradient.count])).sum().backward()
            try optimizer.step(learningRate: rate)
            for (found, wanted) in zip(try parameter.doubles(), after) { #expect(abs(found / wanted - 1) < 1e-12) }
        }
    }

    @Test(
        "Clipping scales a gradient that is too long and leaves a shorter one alone",
        arguments: [("max_norm_1", 1.0), ("max_norm_100", 100.0)])
    func clipping(key: String, maximum: Double) throws {
        let golden = try Golden("05_optim.json")["grad_clip_float64"]
        let gradient = try golden.numbers("grad")
        let parameter = try Tensor.zeros([gradient.count], type: .float64).requiringGradient()
        try (parameter * Tensor(gradient, shape: [gradient.count])).sum().backward()
        let norm = try Tensor.clipGradients(of: [parameter], toNorm: maximum)
        #expect(abs(norm - (try golden[key].number("norm"))) < 1e-12)
        #expect(largestGap(try #require(parameter.gradient).doubles(), try golden[key].numbers("grad")) < 1e-12)
    }

    @Test("Clipping values moves each element to the bound")
    func clippingValues() throws {
        let golden = try Golden("05_optim.json")["grad_clip_float64"]
        let gradient = try golden.numbers("grad")
        let parameter = try Tensor.zeros([gradient.count], type: .float64).requiringGradient()
        try (parameter * Tensor(gradient, shape: [gradient.count])).sum().backward()
        try AdamW([("p", parameter)]).clipGradients(toMagnitude: 0.5)
        let clipped = try #require(parameter.gradient).doubles()
        #expect(clipped == (try golden["clip_value_0.5"].numbers("grad")))
    }

    @Test(
        "Schedules give PyTorch's rates",
        arguments: [
            (
                "CosineAnnealingWarmRestarts(T_0=5,T_mult=2,eta_min=1e-6)",
                LearningRateSchedule.cosineWarmRestarts(period: 5, multiplier: 2, minimum: 1e-6)
            ),
            (
                "CosineAnnealingWarmRestarts(T_0=10,T_mult=1,eta_min=0)",
                .cosineWarmRestarts(period: 10, multiplier: 1, minimum: 0)
            ),
            ("CosineAnnealingLR(T_max=20,eta_min=1e-5)", .cosine(period: 20, minimum: 1e-5)),
            ("StepLR(10,0.5)", .steps(period: 10, factor: 0.5)),
        ])
    func schedule(key: String, schedule: LearningRateSchedule) throws {
        let all = try Golden("05_optim.json")["lr_schedules_base_0.001"]
        #expect(all.keys.count == 4)
        let rates = try all.numbers(key)
        #expect(rates.count > 20)
        for (epoch, rate) in rates.enumerated() {
            #expect(abs(schedule.rate(base: 1e-3, epoch: epoch) - rate) <= 1e-12 * rate, "epoch \(epoch)")
        }
    }
}

@Suite("Optimizer")
struct OptimizerTests {
    @Test("A cosine without restarts stays at its minimum")
    func cosineEnds() {
        let schedule = LearningRateSchedule.cosine(period: 4, minimum: 0.01)
        #expect([4, 5, 8, 100].allSatisfy { abs(schedule.rate(base: 1, epoch: $0) - 0.01) < 1e-15 })
    }

    @Test("A gradient that is not finite is reported and not scaled")
    func infiniteGradient() throws {
        let parameter = try Tensor.zeros([2], type: .float64).requiringGradient()
        try (parameter * Tensor([Double.infinity, 1], shape: [2])).sum().backward()
        #expect(try Tensor.clipGradients(of: [parameter], toNorm: 1) == .infinity)
        #expect(try #require(parameter.gradient).doubles() == [.infinity, 1])
    }

    @Test("A parameter without a gradient stays as it is, even under weight decay")
    func untouched() throws {
        let used = try Tensor.full(1, shape: [2]).requiringGradient()
        let idle = try Tensor.full(1, shape: [2]).requiringGradient()
        let optimizer = try AdamW([("used", used), ("idle", idle)])
        try used.sum().backward()
        try optimizer.step(learningRate: 0.1)
        #expect(try idle.floats() == [1, 1])
        #expect(try used.floats().allSatisfy { $0 < 0.95 })
        #expect(optimizer.state.map(\.name).prefix(3) == ["used.exp_avg", "used.exp_avg_sq", "used.step"])
        #expect(try optimizer.state[2].value.item() == 1)
        #expect(try optimizer.state[5].value.item() == 0)
    }
}
