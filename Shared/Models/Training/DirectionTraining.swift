internal import Foundation
internal import Learning

/// A trained model with the honest figures beside it.
public struct TrainedDirectionModel: Sendable {
    public let kind: DirectionModelKind
    public let weights: [UInt8]
    public let metrics: DirectionMetrics

    /// The same weights always have the same version.
    public var version: String {
        var fingerprint = Fingerprint()
        fingerprint.add(bytes: weights)
        return "\(kind.rawValue)-\(fingerprint.text)"
    }
}

/// Trains direction models.
public enum DirectionTraining {
    /// Trains a model, from the beginning or from a checkpoint; the result is the same, to the last bit.
    ///
    /// - Parameters:
    ///   - plan: How to train.
    ///   - data: What to learn from, and to be judged on.
    ///   - checkpoint: What `save` was given by an equal training that was interrupted.
    ///   - step: Told of each batch of samples or each tree; may throw to stop.
    ///   - save: Takes a checkpoint and the share of the work done, 0…1; may throw to stop.
    /// - Returns: The model that did best on the validation samples.
    /// - Throws: ``DirectionTrainingError``, errors of the kinds of model, and what `step` and `save` throw.
    public static func train(
        _ plan: DirectionTrainingPlan, on data: DirectionDataset, continuing checkpoint: [UInt8]? = nil,
        step: (TrainingStep) throws -> Void = { _ in },
        save: (_ checkpoint: [UInt8], _ progress: Double) throws -> Void
    ) throws -> TrainedDirectionModel {
        let window = plan.kind == .lstm ? plan.window : 1
        let split = data.split(gap: window + 1, window: window)
        guard split.training.count >= 100, split.validation.count >= 20, split.test.count >= 20 else {
            throw DirectionTrainingError.tooFewSamples(
                training: split.training.count, validation: split.validation.count, test: split.test.count)
        }
        let seal = try seal(plan, data)
        let earlier = try checkpoint.map { try opened($0, seal) }
        let keep = { (bytes: [UInt8], progress: Double) in try save(seal + bytes, progress) }
        let weights =
            switch plan.kind {
            case .xgboost: try trainTrees(plan, data, split, earlier, step, keep)
            case .lstm: try trainSequence(plan, data, split, earlier, step, keep)
            }
        let model = try ModelArtifact(
            version: "", kind: plan.kind, featureSet: data.featureSet, weights: weights
        ).model()
        let probabilities = try model.probabilities(
            of: windows(data, split.test, window: model.window), count: split.test.count)
        return TrainedDirectionModel(
            kind: plan.kind, weights: weights, metrics: DirectionMetrics(probabilities, data, split))
    }

    private static func trainTrees(
        _ plan: DirectionTrainingPlan, _ data: DirectionDataset, _ split: DirectionDataset.Split,
        _ checkpoint: [UInt8]?, _ step: (TrainingStep) throws -> Void, _ save: ([UInt8], Double) throws -> Void
    ) throws -> [UInt8] {
        func samples(_ indices: [Int]) -> GradientBoostedTrees.Samples {
            GradientBoostedTrees.Samples(
                rows: windows(data, indices, window: 1), labels: indices.map { data.labels[$0] })
        }
        var configuration = GradientBoostedTrees.Configuration()
        configuration.rounds = plan.rounds
        configuration.maximumDepth = 3
        configuration.learningRate = 0.05
        configuration.patience = 20
        configuration.seed = UInt32(truncatingIfNeeded: plan.seed)
        let earlier = try checkpoint.map { try GradientBoostedTrees(bytes: $0) }
        let model = try GradientBoostedTrees.train(
            samples(split.training), columns: data.names, validation: samples(split.validation),
            configuration: configuration, continuing: earlier
        ) { round, model in
            let progress = Double(round.number) / Double(round.rounds)
            if round.number % 10 == 0 { try save(try model.bytes(), progress) }
            try step(
                TrainingStep(
                    unit: .round, number: round.number, total: round.rounds, samples: split.training.count,
                    progress: progress, loss: round.trainingLoss))
        }
        return try model.bytes()
    }

    private static func trainSequence(
        _ plan: DirectionTrainingPlan, _ data: DirectionDataset, _ split: DirectionDataset.Split,
        _ checkpoint: [UInt8]?, _ step: (TrainingStep) throws -> Void, _ save: ([UInt8], Double) throws -> Void
    ) throws -> [UInt8] {
        func dataset(_ indices: [Int]) throws -> SequenceDataset {
            try SequenceDataset(
                features: data.rows, columns: data.columns, window: plan.window,
                ends: indices.map { data.samples[$0].row }, labels: indices.map { data.labels[$0] })
        }
        let (training, validation) = (try dataset(split.training), try dataset(split.validation))
        var settings = TrainingConfiguration()
        settings.epochs = plan.epochs
        settings.seed = plan.seed
        settings.threads = plan.threads
        let configuration = SequenceConfiguration(
            features: data.names, window: plan.window, hidden: plan.hidden, training: settings)
        var run =
            if let checkpoint {
                try SequenceTraining(resuming: checkpoint, training: training, validation: validation)
            } else {
                try SequenceTraining(configuration, training: training, validation: validation)
            }
        while !run.isFinished {
            var samples = 0
            try run.runEpoch { batch in
                let done = Double(batch.epoch - 1) + Double(batch.batch) / Double(batch.batches)
                try step(
                    TrainingStep(
                        unit: .epoch, number: batch.epoch, total: batch.epochs, samples: batch.samples - samples,
                        progress: done / Double(batch.epochs), loss: batch.loss))
                samples = batch.samples
            }
            try save(try run.checkpoint(), Double(run.history.count) / Double(plan.epochs))
        }
        return try run.best().bytes()
    }

    /// Shape `[samples, window, features]`.
    private static func windows(_ data: DirectionDataset, _ indices: [Int], window: Int) -> [Float] {
        indices.flatMap { index in
            let row = data.samples[index].row
            return data.rows[(row - window + 1) * data.columns..<(row + 1) * data.columns]
        }
    }

    // MARK: Checkpoints

    /// Raised whenever an equal plan and equal samples give other weights, so that no checkpoint from before is continued.
    private static let revision: UInt64 = 2

    /// Eight bytes before each checkpoint, by which one of another plan, of other samples or of older code is known.
    private static func seal(_ plan: DirectionTrainingPlan, _ data: DirectionDataset) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var fingerprint = Fingerprint()
        fingerprint.add(revision)
        fingerprint.add(bytes: try encoder.encode(plan))
        fingerprint.add(data.fingerprint)
        return (0..<8).map { UInt8(truncatingIfNeeded: fingerprint.value >> (8 * $0)) }
    }

    private static func opened(_ checkpoint: [UInt8], _ seal: [UInt8]) throws -> [UInt8] {
        guard checkpoint.starts(with: seal) else { throw DirectionTrainingError.foreignCheckpoint }
        return Array(checkpoint.dropFirst(seal.count))
    }
}
