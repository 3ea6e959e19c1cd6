import Foundation
import Learning
import Models
import Schema
import Tensor
import Testing

@Suite("libtorch and XGBoost in one process", .serialized)
struct OneProcessTests {
    private struct Results: Equatable {
        var trees: [UInt8] = []
        var treeProbabilities: [Float] = []
        var network: [UInt8] = []
        var networkProbabilities: [Float] = []
    }

    private let columns = ["a", "b", "c", "d"]

    private func sequences(_ seed: UInt64) throws -> SequenceDataset {
        let (rows, labels) = plantedRows(400, columns: 4, seed: seed)
        return try SequenceDataset(
            features: rows, columns: 4, window: 2, ends: Array(1..<400), labels: Array(labels[1...]))
    }

    private var sequenceConfiguration: SequenceConfiguration {
        SequenceConfiguration(
            features: columns, window: 2, hidden: 12,
            training: TrainingConfiguration(epochs: 12, batchSize: 16, learningRate: 0.02, seed: 2, threads: 2))
    }

    private func trees(_ progress: () throws -> Void = {}) throws -> GradientBoostedTrees {
        let (rows, labels) = plantedRows(600, columns: 4, seed: 1)
        return try GradientBoostedTrees.train(
            GradientBoostedTrees.Samples(rows: rows, labels: labels), columns: columns,
            configuration: GradientBoostedTrees.Configuration(rounds: 12, learningRate: 0.4, rowShare: 1),
            progress: { _, _ in try progress() })
    }

    @Test("Both learn and predict the same bits interleaved as one after the other")
    func interleaved() throws {
        let test = plantedRows(400, columns: 4, seed: 9)
        let windows = try sequences(9)

        func results(_ trees: GradientBoostedTrees, _ training: SequenceTraining) throws -> Results {
            let network = try training.best()
            var results = Results(trees: try trees.bytes(), network: try network.bytes())
            for row in 0..<399 {
                results.treeProbabilities.append(
                    try trees.predict(Array(test.rows[((row + 1) * 4)..<((row + 2) * 4)])))
                results.networkProbabilities.append(try network.probability(of: windows.windows(of: [row])))
            }
            return results
        }

        var alone = try SequenceTraining(sequenceConfiguration, training: sequences(1))
        while !alone.isFinished { try alone.runEpoch() }
        let apart = try results(trees(), alone)

        // An epoch of the network between each two rounds of the trees.
        var mixed = try SequenceTraining(sequenceConfiguration, training: sequences(1))
        let grown = try trees { if !mixed.isFinished { try mixed.runEpoch() } }
        let together = try results(grown, mixed)

        #expect(together == apart)
        #expect(accuracy(together.treeProbabilities, Array(test.labels[1...])) > 0.85)
        #expect(accuracy(together.networkProbabilities, windows.labels) > 0.9)
    }

    @Test("XGBoost leaves libtorch's number of threads alone")
    func threadsStay() throws {
        try Torch.withThreads(2) {
            _ = try trees().predict([0, 0, 0, 0])
            #expect(Torch.threads == 2)
        }
    }

    @Test("Both work at the same time on different threads", .timeLimit(.minutes(2)))
    func concurrent() async throws {
        let expected = try trees().bytes()
        var training = try SequenceTraining(sequenceConfiguration, training: sequences(1))
        while !training.isFinished { try training.runEpoch() }
        let network = try training.best().bytes()
        let configuration = sequenceConfiguration
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask { try trees().bytes() == expected }
                group.addTask {
                    var training = try SequenceTraining(configuration, training: sequences(1))
                    while !training.isFinished { try training.runEpoch() }
                    return try training.best().bytes() == network
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }
}
