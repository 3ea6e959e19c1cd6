import Foundation
import Learning
import Models
import Schema
import Tensor
import TestTraits
import Testing

@Suite("libtorch and XGBoost in one process", .serialized, .longWork)
struct OneProcessTests {
    private struct Results: Equatable {
        var trees: [UInt8] = []
        var treeProbabilities: [Float] = []
        var network: [UInt8] = []
        var networkProbabilities: [Float] = []
    }

    private let columns = ["a", "b", "c", "d"]

    private func trees(_ progress: () throws -> Void = {}) throws -> GradientBoostedTrees {
        let (rows, labels) = plantedRows(600, columns: 4, seed: 1)
        return try GradientBoostedTrees.train(
            GradientBoostedTrees.Samples(rows: rows, labels: labels), columns: columns,
            configuration: GradientBoostedTrees.Configuration(rounds: 12, learningRate: 0.4, rowShare: 1),
            progress: { _, _ in try progress() })
    }

    /// An LSTM over windows of two rows, an epoch at a time.
    private struct NetworkTraining {
        let network: SequenceClassifier
        private var loop: TrainingLoop
        private let rows: Tensor
        private let labels: [Float]

        init() throws {
            let (rows, labels) = plantedRows(400, columns: 4, seed: 1)
            var random = SplitMix64(seed: 2)
            network = try SequenceClassifier(
                SequenceConfiguration(features: ["a", "b", "c", "d"], hidden: 12), using: &random)
            self.rows = try Tensor(rows, shape: [400, 4]).windows(dimension: 0, length: 2).transposed(1, 2)
            self.labels = Array(labels[1...])
            loop = try TrainingLoop(
                network, sampleCount: 399,
                TrainingConfiguration(epochs: 12, batchSize: 16, learningRate: 0.02, seed: 2, threads: 2))
        }

        var isFinished: Bool { loop.isFinished }

        mutating func runEpoch() throws {
            let (network, rows, labels) = (network, rows, labels)
            try loop.runEpoch(loss: { samples, pass in
                let places = try Tensor(samples.map(Int64.init), shape: [samples.count])
                let ups = try Tensor(samples.map { labels[$0] }, shape: [samples.count, 1])
                return try network(rows.slices(dimension: 0, at: places), &pass).binaryCrossEntropy(ups)
            })
        }

        mutating func finish() throws -> SequenceClassifier {
            while !isFinished { try runEpoch() }
            return network
        }
    }

    @Test("Both learn and predict the same bits interleaved as one after the other")
    func interleaved() throws {
        let test = plantedRows(400, columns: 4, seed: 9)

        func results(_ trees: GradientBoostedTrees, _ network: SequenceClassifier) throws -> Results {
            var results = Results(trees: try trees.bytes(), network: try network.bytes())
            var pass = ForwardPass.prediction
            for row in 1..<400 {
                results.treeProbabilities.append(try trees.predict(Array(test.rows[(row * 4)..<((row + 1) * 4)])))
                let window = try Tensor(Array(test.rows[((row - 1) * 4)..<((row + 1) * 4)]), shape: [1, 2, 4])
                results.networkProbabilities.append(Float(try network(window, &pass).sigmoid().item()))
            }
            return results
        }

        var alone = try NetworkTraining()
        let apart = try results(trees(), alone.finish())

        // An epoch of the network between each two rounds of the trees.
        var mixed = try NetworkTraining()
        let grown = try trees { if !mixed.isFinished { try mixed.runEpoch() } }
        let together = try results(grown, mixed.finish())

        #expect(together == apart)
        #expect(accuracy(together.treeProbabilities, Array(test.labels[1...])) > 0.85)
        #expect(accuracy(together.networkProbabilities, Array(test.labels[1...])) > 0.9)
    }

    @Test("XGBoost leaves libtorch's number of threads alone")
    func threadsStay() throws {
        try Torch.withThreads(2) {
            _ = try trees().predict([0, 0, 0, 0])
            #expect(Torch.threads == 2)
        }
    }

    @Test("Both work at the same time on different threads", .timeLimit(.minutes(20)))
    func concurrent() async throws {
        let expected = try trees().bytes()
        var training = try NetworkTraining()
        let network = try training.finish().bytes()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask { try trees().bytes() == expected }
                group.addTask {
                    var training = try NetworkTraining()
                    return try training.finish().bytes() == network
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }
}
