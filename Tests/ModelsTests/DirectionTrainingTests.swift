import Models
import Schema
import Testing

@Suite("Direction training", .timeLimit(.minutes(5)))
struct DirectionTrainingTests {
    private struct Killed: Error {}

    /// Hours whose first column tells the next direction, as often as `truth` says.
    ///
    /// `absurd`: hours in which that column is out of all proportion.
    private func planted(
        _ hours: Int, seed: UInt64, truth: Double = 0.9, absurd: Range<Int> = 0..<0
    ) -> DirectionDataset {
        var random = SplitMix64(seed: seed)
        let ups = (0..<hours).map { _ in random.share() < 0.5 }
        var price = 100.0
        return DirectionDataset(
            (0..<hours).map { hour in
                let isTrue = random.share() < truth
                let scale = absurd.contains(hour) ? 1e9 : 1
                let made = vector(
                    hour: hour, price: price,
                    values: [((ups[hour] == isTrue ? 1 : -1) + random.share() * 0.2) * scale])
                price += ups[hour] ? 1 : -1
                return made
            }, featureSet: featureSet)
    }

    @Test(
        "A planted edge is learned, and told by the metrics beside what needs no model",
        arguments: DirectionModelKind.allCases)
    func learns(kind: DirectionModelKind) throws {
        var plan = DirectionTrainingPlan(kind: kind, seed: 3)
        (plan.window, plan.hidden, plan.epochs) = (4, 16, 40)
        let metrics = try DirectionTraining.train(plan, on: planted(1500, seed: 1)) { _, _ in }.metrics
        #expect(metrics.accuracy > 0.85, "\(metrics)")
        #expect(metrics.logLoss < 0.45)
        #expect(abs(metrics.majorityAccuracy - 0.5) < 0.1)
        #expect(abs(metrics.persistenceAccuracy - 0.5) < 0.1)
        #expect(abs(metrics.baseRateLogLoss - 0.693) < 0.02)
        #expect(metrics.testSamples == 300)
    }

    @Test(
        "Absurd values in the samples of the test change nothing of a model, and in those of the validation not its scaler",
        arguments: DirectionModelKind.allCases)
    func fittedToTraining(kind: DirectionModelKind) throws {
        let plan = SmallModels.plan(kind)
        func weights(_ absurd: Range<Int>) throws -> [UInt8] {
            try DirectionTraining.train(plan, on: planted(600, seed: 8, absurd: absurd)) { _, _ in }.weights
        }
        // 599 samples: the validation's begin at 407, the test's at 479.
        let plain = try weights(0..<0)
        #expect(try weights(479..<600) == plain)
        guard kind == .lstm else { return }
        let scalers = try [plain, weights(407..<470), weights(300..<390)].map {
            try SequenceClassifier(bytes: $0).scaler
        }
        #expect(scalers[1] == scalers[0] && scalers[2] != scalers[0])
    }

    @Test("A column without an edge is not taken for one", arguments: DirectionModelKind.allCases)
    func chance(kind: DirectionModelKind) throws {
        var plan = SmallModels.plan(kind)
        plan.rounds = 120
        let metrics = try DirectionTraining.train(plan, on: planted(3000, seed: 2, truth: 0.5)) { _, _ in }.metrics
        #expect(abs(metrics.accuracy - 0.5) < 0.08)
        #expect(metrics.logLoss > 0.67)
    }

    @Test("Where the direction alternates, persistence is always wrong")
    func persistence() throws {
        let data = DirectionDataset(
            (0..<600).map { vector(hour: $0, price: $0.isMultiple(of: 2) ? 1 : 2) }, featureSet: featureSet)
        let metrics = try DirectionTraining.train(SmallModels.plan(.xgboost), on: data) { _, _ in }.metrics
        #expect(metrics.persistenceAccuracy == 0)
        #expect(metrics.majorityAccuracy == 0.5)
    }

    @Test(
        "A training that is killed at every checkpoint gives the version of one that is not",
        arguments: DirectionModelKind.allCases)
    func resume(kind: DirectionModelKind) throws {
        let data = planted(600, seed: 4)
        var plan = SmallModels.plan(kind, seed: 9)
        (plan.rounds, plan.epochs) = (60, 4)
        var shares: [Double] = []
        let straight = try DirectionTraining.train(plan, on: data) { shares.append($1) }
        #expect(shares.count >= 4)
        #expect(shares == shares.sorted() && shares.last == 1)
        var checkpoint: [UInt8]?
        var kills = 0
        while true {
            do {
                let resumed = try DirectionTraining.train(plan, on: data, continuing: checkpoint) { bytes, _ in
                    checkpoint = bytes
                    throw Killed()
                }
                #expect(resumed.version == straight.version)
                #expect(resumed.weights == straight.weights)
                #expect(resumed.metrics == straight.metrics)
                break
            } catch is Killed {
                kills += 1
                try #require(kills <= shares.count, "it does not get on")
            }
        }
        #expect(kills == shares.count)
    }

    @Test(
        "A training that is killed in the middle of a step goes on from the checkpoint before it",
        arguments: DirectionModelKind.allCases)
    func killedInStep(kind: DirectionModelKind) throws {
        let data = planted(600, seed: 4)
        var plan = SmallModels.plan(kind, seed: 9)
        plan.rounds = 60
        let straight = try DirectionTraining.train(plan, on: data) { _, _ in }
        var steps: [TrainingStep] = []
        _ = try DirectionTraining.train(plan, on: data, step: { steps.append($0) }) { _, _ in }
        #expect(steps.map(\.progress) == steps.map(\.progress).sorted())
        #expect(steps.last?.progress == 1)
        let mark = steps.count * 3 / 4
        var (checkpoint, taken, saves): ([UInt8]?, Int, Int) = (nil, 0, 0)
        #expect(throws: Killed.self) {
            try DirectionTraining.train(
                plan, on: data,
                step: { _ in
                    taken += 1
                    if taken == mark { throw Killed() }
                },
                save: { bytes, _ in
                    checkpoint = bytes
                    saves += 1
                })
        }
        #expect(saves > 0)
        let resumed = try DirectionTraining.train(plan, on: data, continuing: checkpoint) { _, _ in }
        #expect(resumed.version == straight.version)
    }

    @Test("Another seed gives another model", arguments: DirectionModelKind.allCases)
    func seeds(kind: DirectionModelKind) throws {
        let data = planted(500, seed: 5)
        let versions = try [1, 1, 2].map { seed in
            try DirectionTraining.train(SmallModels.plan(kind, seed: seed), on: data) { _, _ in }.version
        }
        #expect(versions[0] == versions[1])
        #expect(versions[0] != versions[2])
        #expect(versions[0].hasPrefix("\(kind.rawValue)-"))
    }

    @Test("A checkpoint of another plan or of other samples is refused", arguments: DirectionModelKind.allCases)
    func foreignCheckpoint(kind: DirectionModelKind) throws {
        let (data, plan) = (planted(500, seed: 5), SmallModels.plan(kind))
        var checkpoint: [UInt8] = []
        _ = try DirectionTraining.train(plan, on: data) { bytes, _ in checkpoint = bytes }
        for (other, samples) in [
            (SmallModels.plan(kind, seed: 2), data), (plan, planted(500, seed: 6)), (plan, planted(501, seed: 5)),
        ] {
            #expect(throws: DirectionTrainingError.foreignCheckpoint) {
                try DirectionTraining.train(other, on: samples, continuing: checkpoint) { _, _ in }
            }
        }
        #expect(throws: DirectionTrainingError.foreignCheckpoint) {
            try DirectionTraining.train(plan, on: data, continuing: [1, 2]) { _, _ in }
        }
    }

    @Test("Too little history is refused, with the numbers")
    func tooFew() {
        #expect(throws: DirectionTrainingError.tooFewSamples(training: 0, validation: 0, test: 0)) {
            try DirectionTraining.train(SmallModels.plan(.lstm), on: planted(20, seed: 1)) { _, _ in }
        }
        // 119 samples: 81 − 2, 14 − 2 and 24.
        #expect(throws: DirectionTrainingError.tooFewSamples(training: 78, validation: 13, test: 24)) {
            try DirectionTraining.train(SmallModels.plan(.xgboost), on: planted(120, seed: 1)) { _, _ in }
        }
    }
}
