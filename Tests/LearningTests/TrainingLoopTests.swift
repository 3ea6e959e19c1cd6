import Learning
import Schema
import Tensor
import TestTraits
import Testing

@Suite("Training loop", .longWork)
struct TrainingLoopTests {
    /// A linear model with dropout before it, on noisy data: every part of the state matters.
    private struct Example {
        let layer: Linear
        let inputs: [Float]
        let targets: [Float]
        let count = 50

        init() throws {
            var random = SplitMix64(seed: 9)
            layer = try Linear(inputs: 4, outputs: 1, using: &random)
            inputs = random.floats(count * 4)
            targets = random.floats(count).map { $0 > 0 ? 1 : 0 }
        }

        func loss(_ samples: [Int], _ pass: inout ForwardPass) throws -> Tensor {
            let x = try Tensor(samples.flatMap { inputs[($0 * 4)..<($0 * 4 + 4)] }, shape: [samples.count, 4])
            let y = try Tensor(samples.map { targets[$0] }, shape: [samples.count, 1])
            return try layer(Dropout(share: 0.3)(x, &pass)).binaryCrossEntropy(y)
        }

        func loop(_ configuration: TrainingConfiguration) throws -> TrainingLoop {
            try TrainingLoop(layer, sampleCount: count, configuration)
        }

        var weights: [UInt32] { get throws { try layer.weight.floats().map(\.bitPattern) } }
    }

    private let configuration = TrainingConfiguration(
        epochs: 6, batchSize: 8, learningRate: 0.05,
        schedule: .cosineWarmRestarts(period: 2, multiplier: 2, minimum: 0.001), seed: 4)

    @Test("Stopping after any epoch and resuming gives the bits of a training that was never stopped", arguments: 1...5)
    func resume(after epochs: Int) throws {
        let whole = try Example()
        var straight = try whole.loop(configuration)
        while !straight.isFinished { try straight.runEpoch(loss: whole.loss) }

        let stopped = try Example()
        var first = try stopped.loop(configuration)
        for _ in 0..<epochs { try first.runEpoch(loss: stopped.loss) }
        let checkpoint = try first.checkpoint().bytes()

        let fresh = try Example()
        try fresh.layer.weight.assign(.full(9, shape: [1, 4]))
        var second = try TrainingLoop(
            resuming: SafeTensors(bytes: checkpoint), fresh.layer, sampleCount: 50, configuration)
        #expect(second.epoch == epochs)
        while !second.isFinished { try second.runEpoch(loss: fresh.loss) }

        #expect(try fresh.weights == whole.weights)
        #expect(second.history == straight.history)
        #expect(second.bestEpoch == straight.bestEpoch)
        #expect(try second.checkpoint().bytes() == straight.checkpoint().bytes())
        #expect(try stopped.weights != whole.weights)
    }

    @Test("An epoch is what its steps are when taken by hand: fresh gradients, clipping, the scheduled rate")
    func byHand() throws {
        var configuration = configuration
        configuration.maximumGradientNorm = 0.1
        configuration.threads = 3
        let looped = try Example()
        var loop = try looped.loop(configuration)
        var batches: [[Int]] = []
        for _ in 0..<2 {
            try loop.runEpoch(loss: { samples, pass in
                batches.append(samples)
                #expect(Torch.threads == 3)
                return try looped.loss(samples, &pass)
            })
        }
        let rates = loop.history.map(\.learningRate)
        #expect(largestGap(rates, [0.05, 0.0255]) < 1e-12)

        let manual = try Example()
        let optimizer = try AdamW(manual.layer.parameters)
        var random = SplitMix64(seed: configuration.seed)
        for (index, samples) in batches.enumerated() {
            // The loop draws the order of an epoch from the same generator as the dropout in it.
            if index.isMultiple(of: 7) { _ = randomOrder(50, using: &random) }
            for (_, value) in manual.layer.parameters { value.clearGradient() }
            var pass = ForwardPass.training(random)
            try manual.loss(samples, &pass).backward()
            random = pass.random
            _ = try Tensor.clipGradients(of: manual.layer.parameters.map(\.value), toNorm: 0.1)
            try optimizer.step(learningRate: rates[index / 7])
        }
        #expect(try manual.weights == looped.weights)
    }

    @Test("Equal seeds give equal bits, another seed other ones")
    func seeds() throws {
        func weights(_ seed: UInt64) throws -> [UInt32] {
            var configuration = configuration
            configuration.seed = seed
            let example = try Example()
            var loop = try example.loop(configuration)
            while !loop.isFinished { try loop.runEpoch(loss: example.loss) }
            return try example.weights
        }
        #expect(try weights(1) == weights(1))
        #expect(try weights(1) != weights(2))
    }

    @Test("Each epoch takes every sample once, in another order than the last, and reports each batch")
    func batches() throws {
        let example = try Example()
        var loop = try example.loop(configuration)
        var orders: [[Int]] = []
        var reports: [TrainingProgress] = []
        for _ in 0..<2 {
            var order: [Int] = []
            try loop.runEpoch(
                loss: { samples, pass in
                    order += samples
                    return try example.loss(samples, &pass)
                }, progress: { reports.append($0) })
            orders.append(order)
        }
        #expect(orders.map { $0.sorted() } == [Array(0..<50), Array(0..<50)])
        #expect(orders[0] != orders[1])
        #expect(reports.count == 14)
        #expect(reports.map(\.batch) == [1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7])
        #expect(reports[6].samples == 50 && reports[6].batches == 7 && reports[6].epochs == 6)
        #expect(reports[7].epoch == 2)
        #expect(reports.allSatisfy { $0.loss > 0 && $0.gradientNorm > 0 })
    }

    @Test("Training stops after the patience, and the best epoch's parameters can be had")
    func earlyStopping() throws {
        let example = try Example()
        var configuration = configuration
        configuration.epochs = 50
        configuration.patience = 2
        var loop = try example.loop(configuration)
        var losses = [0.9, 0.5, 0.6, 0.5].makeIterator()
        var weights: [[UInt32]] = []
        while !loop.isFinished {
            try loop.runEpoch(loss: example.loss, validation: { losses.next() })
            weights.append(try example.weights)
        }
        #expect(loop.epoch == 4)
        #expect(loop.bestEpoch == 2)
        #expect(loop.history.map(\.loss) == [0.9, 0.5, 0.6, 0.5])
        let best = try Example()
        try loop.assignBest(to: best.layer)
        #expect(try best.weights == weights[1])
        #expect(try example.weights == weights[3])
    }

    @Test("Running statistics are kept like parameters: in checkpoints, and with the best epoch")
    func buffers() throws {
        struct Normalized: CompositeLayer {
            let norm: BatchNorm1d
            let head: Linear
            var parts: [NamedLayer] { [("norm", norm), ("head", head)] }

            init() throws {
                var random = SplitMix64(seed: 1)
                norm = try BatchNorm1d(channels: 4)
                head = try Linear(inputs: 4, outputs: 1, using: &random)
            }

            var statistics: [[Double]] { get throws { try buffers.map { try $0.value.doubles() } } }
        }
        let example = try Example()
        func loop(_ model: Normalized, resuming file: SafeTensors? = nil) throws -> TrainingLoop {
            guard let file else { return try TrainingLoop(model, sampleCount: 50, configuration) }
            return try TrainingLoop(resuming: file, model, sampleCount: 50, configuration)
        }
        func run(_ loop: inout TrainingLoop, _ model: Normalized, validation: Double) throws {
            try loop.runEpoch(
                loss: { samples, pass in
                    let x = try Tensor(
                        samples.flatMap { example.inputs[($0 * 4)..<($0 * 4 + 4)] }, shape: [samples.count, 4])
                    let y = try Tensor(samples.map { example.targets[$0] }, shape: [samples.count, 1])
                    return try model.head(model.norm(x, &pass)).binaryCrossEntropy(y)
                }, validation: { validation })
        }
        let (whole, resumed, best) = (try Normalized(), try Normalized(), try Normalized())
        var straight = try loop(whole)
        try run(&straight, whole, validation: 0.1)
        let afterFirst = try whole.statistics
        #expect(afterFirst[2] == [7])
        let checkpoint = try SafeTensors(bytes: straight.checkpoint().bytes())
        var second = try loop(resumed, resuming: checkpoint)
        #expect(try resumed.statistics == afterFirst)
        try run(&straight, whole, validation: 0.2)
        try run(&second, resumed, validation: 0.2)
        #expect(try resumed.statistics == whole.statistics)
        #expect(try second.checkpoint().bytes() == straight.checkpoint().bytes())
        try straight.assignBest(to: best)
        #expect(try best.statistics == afterFirst)
        #expect(try whole.statistics != afterFirst)
    }

    @Test("A smaller gain than the least improvement does not count")
    func minimumImprovement() throws {
        let example = try Example()
        var configuration = configuration
        configuration.patience = 2
        configuration.minimumImprovement = 0.1
        var loop = try example.loop(configuration)
        var losses = [0.5, 0.45, 0.42, 0.1].makeIterator()
        while !loop.isFinished { try loop.runEpoch(loss: example.loss, validation: { losses.next() }) }
        #expect(loop.epoch == 3)
        #expect(loop.bestEpoch == 1)
    }

    @Test("A loss that is not a number stops the training with its place")
    func divergence() throws {
        let example = try Example()
        var loop = try example.loop(configuration)
        var calls = 0
        #expect(throws: LearningError.diverged(epoch: 1, batch: 3)) {
            try loop.runEpoch(loss: { samples, pass in
                calls += 1
                return try example.loss(samples, &pass) * (calls == 3 ? .nan : 1)
            })
        }
        #expect(calls == 3)
    }

    @Test("Progress may stop a training by throwing")
    func cancelled() throws {
        struct LeaseLost: Error {}
        let example = try Example()
        var loop = try example.loop(configuration)
        #expect(throws: LeaseLost.self) {
            try loop.runEpoch(loss: example.loss, progress: { if $0.batch == 2 { throw LeaseLost() } })
        }
    }

    @Test("A checkpoint of another configuration, sample count, model or kind is refused")
    func foreignCheckpoints() throws {
        let example = try Example()
        var loop = try example.loop(configuration)
        try loop.runEpoch(loss: example.loss)
        let file = try loop.checkpoint()
        var other = configuration
        other.learningRate = 0.06
        let layer = example.layer
        #expect(throws: LearningError.self) {
            try TrainingLoop(resuming: file, layer, sampleCount: 50, other)
        }
        #expect(throws: LearningError.self) {
            try TrainingLoop(resuming: file, layer, sampleCount: 51, configuration)
        }
        #expect(throws: LearningError.self) {
            try TrainingLoop(resuming: file, LayerNorm(size: 4), sampleCount: 50, configuration)
        }
        #expect(throws: LearningError.self) {
            try TrainingLoop(resuming: SafeTensors(), layer, sampleCount: 50, configuration)
        }
    }

    @Test("Settings outside their range are refused")
    func settings() throws {
        let layer = try Example().layer
        let changes: [(inout TrainingConfiguration) -> Void] = [
            { $0.epochs = 0 }, { $0.batchSize = 0 }, { $0.learningRate = 0 }, { $0.learningRate = .nan },
            { $0.maximumGradientNorm = 0 }, { $0.patience = 0 }, { $0.minimumImprovement = -1 }, { $0.threads = 0 },
            { $0.schedule = .cosineWarmRestarts(period: 0, multiplier: 1, minimum: 0) },
            { $0.schedule = .cosineWarmRestarts(period: 1, multiplier: 1, minimum: 1) },
            { $0.schedule = .cosine(period: 0, minimum: 0) }, { $0.schedule = .cosine(period: 1, minimum: -1) },
            { $0.schedule = .steps(period: 0, factor: 0.5) }, { $0.schedule = .steps(period: 1, factor: 1.5) },
        ]
        for change in changes {
            var configuration = TrainingConfiguration()
            change(&configuration)
            #expect(throws: LearningError.self) {
                try TrainingLoop(layer, sampleCount: 1, configuration)
            }
        }
        #expect(throws: LearningError.self) {
            try TrainingLoop(layer, sampleCount: 0, TrainingConfiguration())
        }
    }
}

@Suite("Random order")
struct RandomOrderTests {
    @Test("It is a permutation, and fixed for a seed for ever")
    func fixed() {
        var random = SplitMix64(seed: 1)
        #expect(randomOrder(10, using: &random) == [9, 0, 1, 4, 8, 2, 3, 7, 6, 5])
        #expect(randomOrder(0, using: &random) == [])
        #expect(randomOrder(1000, using: &random).sorted() == Array(0..<1000))
    }

    @Test("Each number comes to each place about equally often")
    func uniform() {
        var random = SplitMix64(seed: 2)
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 4), count: 4)
        for _ in 0..<8000 {
            for (place, number) in randomOrder(4, using: &random).enumerated() { counts[place][number] += 1 }
        }
        #expect(counts.joined().allSatisfy { abs($0 - 2000) < 200 })
    }
}
