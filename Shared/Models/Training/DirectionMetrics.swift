/// How a direction model does on samples later than any that it learned from, beside what needs no model.
public struct DirectionMetrics: Codable, Sendable, Equatable {
    public let trainingSamples: Int
    public let validationSamples: Int
    public let testSamples: Int
    /// Share of the called directions of test samples that were right; one half when none was called.
    public let accuracy: Double
    /// Of always saying what was most frequent in training.
    public let majorityAccuracy: Double
    /// Of saying that the last direction goes on.
    public let persistenceAccuracy: Double
    /// Mean cross-entropy in nats.
    public let logLoss: Double
    /// Mean cross-entropy of always saying the training's share of ups, in nats.
    public let baseRateLogLoss: Double
}

extension DirectionMetrics {
    /// Judges probabilities of up, one for each of the split's test samples.
    init(_ probabilities: [Float], _ data: DirectionDataset, _ split: DirectionDataset.Split) {
        precondition(probabilities.count == split.test.count, "one probability for each test sample")
        let ups = split.training.count { data.labels[$0] == 1 }
        let baseRate = min(max(Double(ups) / Double(split.training.count), 1e-6), 1 - 1e-6)
        // The label of the row before is the direction that is known at a row; after a hole there is none.
        let labelOfRow = Dictionary(
            uniqueKeysWithValues: data.samples.indices.map { (data.samples[$0].row, data.labels[$0]) })
        let outcomes = split.test.map { data.labels[$0] == 1 }
        let usual = baseRate > 0.5
        let persistent = zip(split.test, outcomes).count { sample, isUp in
            isUp == labelOfRow[data.samples[sample].row - 1].map { $0 == 1 } ?? usual
        }
        let scores = BinaryScores(probabilities: probabilities.map(Double.init), outcomes: outcomes)
        let baseRateScores = BinaryScores(probabilities: outcomes.map { _ in baseRate }, outcomes: outcomes)
        guard let logLoss = scores.logLoss, let baseRateLogLoss = baseRateScores.logLoss else {
            preconditionFailure("there is nothing to judge by")
        }
        let count = Double(split.test.count)
        self.init(
            trainingSamples: split.training.count, validationSamples: split.validation.count,
            testSamples: split.test.count, accuracy: scores.accuracy ?? 0.5,
            majorityAccuracy: Double(outcomes.count { $0 == usual }) / count,
            persistenceAccuracy: Double(persistent) / count, logLoss: logLoss, baseRateLogLoss: baseRateLogLoss)
    }
}
