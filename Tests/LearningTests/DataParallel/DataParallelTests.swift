import Foundation
import Learning
import Schema
import Tensor
import TestTraits
import Testing

@Suite("Data-parallel training", .serialized, .longWork)
struct DataParallelTests {
    @Test("All ranks end with the bits and the numbers of rank 0, and a second run with the same", arguments: [2, 4])
    func equalRanks(ranks: Int) throws {
        let training = SharedTraining(dropout: 0.3)
        let outcomes = try training.run(ranks: ranks)
        for outcome in outcomes.dropFirst() { #expect(outcome == outcomes[0]) }
        // Field by field, so that a failure tells where the runs part.
        for (again, outcome) in zip(try training.run(ranks: ranks), outcomes) {
            #expect(again.losses == outcome.losses)
            #expect(again.norms == outcome.norms)
            #expect(again.epochs == outcome.epochs)
            #expect(again.checkpoint == outcome.checkpoint)
        }
        #expect(outcomes[0].epochs.count == 3 && outcomes[0].losses.count == 21)
    }

    @Test("Without dropout it is the training of one process, within rounding", arguments: [1, 2, 4])
    func likeAlone(ranks: Int) throws {
        var training = SharedTraining()
        // So low that every step is clipped, by the norm of the whole batch.
        training.configuration.maximumGradientNorm = 0.01
        let (alone, together) = (try training.run(in: nil), try training.run(ranks: ranks)[0])
        #expect(largestGap(try together.parameters, try alone.parameters) < 1e-5)
        #expect(largestGap(together.losses, alone.losses) < 1e-5)
        #expect(largestGap(together.norms, alone.norms) < 1e-5)
        #expect(alone.norms.allSatisfy { $0 > 0.01 })
        #expect(largestGap(together.epochs.map(\.loss), alone.epochs.map(\.loss)) < 1e-5)
        #expect(largestGap(together.epochs.map(\.trainingLoss), alone.epochs.map(\.trainingLoss)) < 1e-5)
    }

    @Test(
        "All ranks resumed from one checkpoint give the bits of a training that was never stopped", arguments: [2, 4])
    func resume(ranks: Int) throws {
        let training = SharedTraining(count: 48, dropout: 0.3, hasBatchNorm: ranks == 2)
        let straight = try training.run(ranks: ranks)
        let stopped = try training.run(ranks: ranks, epochs: 1)
        let resumed = try training.run(ranks: ranks, resuming: stopped[ranks - 1].checkpoint)
        for outcome in resumed {
            #expect(outcome.checkpoint == straight[0].checkpoint)
            #expect(outcome.epochs == straight[0].epochs)
        }
        #expect(stopped[0].checkpoint != straight[0].checkpoint)
    }

    @Test("The ranks' dropout masks differ from each other's")
    func masks() throws {
        // With one sample a rank and equal samples, equal masks would give the gradients of a single rank.
        func norms(ranks: Int) throws -> [Double] {
            let rendezvous = MemoryRendezvous()
            return try onThreads(ranks) { rank in
                let group = try ProcessGroup(
                    named: "masks", rank: rank, size: ranks, timeout: .seconds(60), rendezvous: rendezvous)
                var random = SplitMix64(seed: 1)
                let layer = try Linear(inputs: 64, outputs: 1, using: &random)
                var loop = try TrainingLoop(
                    layer, sampleCount: ranks, TrainingConfiguration(epochs: 1, batchSize: ranks), in: group)
                var norm = 0.0
                try loop.runEpoch(
                    loss: { samples, pass in
                        try layer(Dropout(share: 0.5)(.full(1, shape: [samples.count, 64]), &pass)).mean()
                    }, progress: { norm = $0.gradientNorm })
                return norm
            }.map { try $0.get() }
        }
        let (alone, both) = (try norms(ranks: 1), try norms(ranks: 2))
        #expect(both[0] == both[1])
        #expect(both[0] < 0.9 * alone[0])
    }

    @Test("Running statistics become the weighted mean of the ranks', and the batches are counted once")
    func statistics() throws {
        // 5 samples: parts of 3 and 2.
        let rows: [[Float]] = [[1], [2], [6], [-3], [7]]
        let rendezvous = MemoryRendezvous()
        let states = try onThreads(2) { rank in
            let group = try ProcessGroup(
                named: "statistics", rank: rank, size: 2, timeout: .seconds(60), rendezvous: rendezvous)
            let norm = try BatchNorm1d(channels: 1)
            var loop = try TrainingLoop(
                norm, sampleCount: 5, TrainingConfiguration(epochs: 2, batchSize: 5), in: group)
            while !loop.isFinished {
                try loop.runEpoch(loss: { samples, pass in
                    let x = try Tensor(samples.flatMap { rows[$0] }, shape: [samples.count, 1])
                    return try norm(x, &pass).power(2).mean()
                })
            }
            return try norm.buffers.map { try $0.value.doubles()[0] }
        }.map { try $0.get() }
        #expect(states[0] == states[1])
        // The mean of the samples, 2.6, moved towards by a tenth, twice.
        #expect(abs(states[0][0] - 2.6 * 0.19) < 1e-6)
        #expect(states[0][2] == 2)
    }

    @Test("A loss that is not a number on one rank stops all at the same place")
    func divergence() throws {
        let rendezvous = MemoryRendezvous()
        let results = onThreads(2) { rank in
            let group = try ProcessGroup(
                named: "divergence", rank: rank, size: 2, timeout: .seconds(60), rendezvous: rendezvous)
            var random = SplitMix64(seed: 1)
            let layer = try Linear(inputs: 2, outputs: 1, using: &random)
            var loop = try TrainingLoop(
                layer, sampleCount: 12, TrainingConfiguration(epochs: 1, batchSize: 4), in: group)
            var calls = 0
            try loop.runEpoch(loss: { samples, pass in
                calls += 1
                return try layer(.full(1, shape: [samples.count, 2])).mean() * (rank == 1 && calls == 2 ? .nan : 1)
            })
        }
        for result in results {
            #expect(throws: LearningError.diverged(epoch: 1, batch: 2)) { try result.get() }
        }
    }

    @Test("A rank that stops gives the others an error")
    func stopped() throws {
        struct LeaseLost: Error {}
        let rendezvous = MemoryRendezvous()
        let training = SharedTraining()
        let results = onThreads(3) { rank in
            let group = try ProcessGroup(
                named: "stopped", rank: rank, size: 3, timeout: .seconds(60), rendezvous: rendezvous)
            return try training.run(in: group, progress: { if rank == 1 && $0.batch == 3 { throw LeaseLost() } })
        }
        #expect(throws: TensorError.self) { try results[0].get() }
        #expect(throws: LeaseLost.self) { try results[1].get() }
        #expect(throws: TensorError.self) { try results[2].get() }
    }

    @Test("Ranks that differ in configuration, samples or model are all refused")
    func foreign() throws {
        func results(_ change: @escaping @Sendable (inout SharedTraining) -> Void) -> [Result<Void, any Error>] {
            let rendezvous = MemoryRendezvous()
            return onThreads(2) { rank in
                let group = try ProcessGroup(
                    named: "foreign", rank: rank, size: 2, timeout: .seconds(60), rendezvous: rendezvous)
                var training = SharedTraining()
                if rank == 1 { change(&training) }
                _ = try training.run(in: group)
            }
        }
        for result in results({ $0.configuration.learningRate = 0.03 }) + results({ $0.count = 52 }) {
            #expect(throws: LearningError.self) { try result.get() }
        }
        let outcome = try SharedTraining().run(ranks: 2, epochs: 1)[0]
        #expect(throws: LearningError.self) { try SharedTraining().run(in: nil, resuming: outcome.checkpoint) }
        #expect(throws: LearningError.self) { try SharedTraining().run(ranks: 3, resuming: outcome.checkpoint) }
        var small = SharedTraining()
        small.configuration.batchSize = 2
        #expect(throws: LearningError.self) { try small.run(ranks: 3) }
    }
}
