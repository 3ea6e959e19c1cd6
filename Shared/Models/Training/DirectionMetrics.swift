internal import Foundation

/// How a direction model does on samples later than any that it learned from, beside what needs no model.
public struct DirectionMetrics: Codable, Sendable, Equatable {
    public let trainingSamples: Int
    public let validationSamples: Int
    public let testSamples: Int
    /// Share of test samples whose direction was told right.
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
        var (correct, majority, persistent, loss, baseLoss) = (0, 0, 0, 0.0, 0.0)
        for (sample, probability) in zip(split.test, probabilities) {
            let isUp = data.labels[sample] == 1
            let usual = baseRate > 0.5
            if (probability > 0.5) == isUp { correct += 1 }
            if usual == isUp { majority += 1 }
            let last = labelOfRow[data.samples[sample].row - 1].map { $0 == 1 } ?? usual
            if last == isUp { persistent += 1 }
            let bounded = min(max(Double(probability), 1e-6), 1 - 1e-6)
            loss -= isUp ? log(bounded) : log(1 - bounded)
            baseLoss -= isUp ? log(baseRate) : log(1 - baseRate)
        }
        let count = Double(split.test.count)
        self.init(
            trainingSamples: split.training.count, validationSamples: split.validation.count,
            testSamples: split.test.count, accuracy: Double(correct) / count,
            majorityAccuracy: Double(majority) / count, persistenceAccuracy: Double(persistent) / count,
            logLoss: loss / count, baseRateLogLoss: baseLoss / count)
    }
}
