public import Learning
internal import Tensor

/// The training of a ``SequenceClassifier``: scaler, epochs, checkpoints.
///
/// Everything is fitted to the training samples alone; the validation samples only tell when to stop and which epoch
/// was the best.
public struct SequenceTraining {
    /// The model as it stands; it changes with each epoch.
    public let model: SequenceClassifier
    private var loop: TrainingLoop
    private let training: SequenceDataset
    private let validation: SequenceDataset?
    private let scaled: SequenceDataset
    private let scaledValidation: SequenceDataset?
    private static let key = "tidegate.sequence-training.v1"

    /// Starts a training from random parameters.
    public init(
        _ configuration: SequenceConfiguration, training: SequenceDataset, validation: SequenceDataset? = nil
    ) throws {
        let scaler = RobustScaler(fitting: training.features, columns: training.columns, rows: training.rowsInUse)
        let model = try SequenceClassifier(configuration, scaler: scaler)
        let loop = try TrainingLoop(model, sampleCount: training.count, configuration.training)
        try self.init(model, loop, training, validation)
    }

    /// Goes on from a checkpoint.
    ///
    /// - Throws: ``LearningError/checkpoint(_:)`` when it is of other samples.
    public init(
        resuming checkpoint: [UInt8], training: SequenceDataset, validation: SequenceDataset? = nil
    ) throws {
        let file = try SafeTensors(bytes: checkpoint)
        guard file.metadata[Self.key] == Self.fingerprint(training, validation) else {
            throw LearningError.checkpoint("it is of other samples")
        }
        let model = try SequenceClassifier(describedIn: file)
        let loop = try TrainingLoop(
            resuming: file, model, sampleCount: training.count, model.configuration.training)
        try self.init(model, loop, training, validation)
    }

    private init(
        _ model: SequenceClassifier, _ loop: TrainingLoop, _ training: SequenceDataset, _ validation: SequenceDataset?
    ) throws {
        let configuration = model.configuration
        for dataset in [training, validation].compactMap({ $0 }) {
            guard dataset.columns == configuration.features.count, dataset.window == configuration.window else {
                throw LearningError.data(
                    "windows of \(dataset.window) rows and \(dataset.columns) features do not fit the configuration")
            }
        }
        if let validation, validation.count == 0 { throw LearningError.data("there is nothing to validate on") }
        self.model = model
        self.loop = loop
        self.training = training
        self.validation = validation
        scaled = try Self.scaled(training, by: model.scaler)
        scaledValidation = try validation.map { try Self.scaled($0, by: model.scaler) }
    }

    /// What happened in each finished epoch.
    public var history: [TrainingEpoch] { loop.history }
    /// The number, from 1, of the epoch with the lowest loss.
    public var bestEpoch: Int? { loop.bestEpoch }
    /// Whether there is nothing left to train.
    public var isFinished: Bool { loop.isFinished }

    /// Trains one epoch.
    ///
    /// - Parameter progress: called after each batch; may throw to stop. Resume from the last checkpoint then.
    /// - Returns: what came of the epoch; also the last of ``history``.
    /// - Throws: ``LearningError/diverged(epoch:batch:)``, and what `progress` throws.
    @discardableResult
    public mutating func runEpoch(
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> TrainingEpoch {
        let (model, scaled, held) = (model, scaled, scaledValidation)
        let weight = try Self.positiveWeight(model.configuration, training)
        return try loop.runEpoch(
            loss: { samples, pass in
                let (windows, labels) = try Self.batch(scaled, samples)
                return try model(windows, &pass).binaryCrossEntropy(labels, positiveWeight: weight)
            },
            validation: { try held.map { try Self.loss(of: model, $0, weight) } },
            progress: progress)
    }

    /// All that the rest of the training depends on, as a safetensors file.
    public func checkpoint() throws -> [UInt8] {
        var file = try loop.checkpoint()
        try model.describe(in: &file)
        file.metadata[Self.key] = Self.fingerprint(training, validation)
        return try file.bytes()
    }

    /// A model of its own with the parameters of the best epoch, or the random ones before the first.
    public func best() throws -> SequenceClassifier {
        let best = try SequenceClassifier(model.configuration, scaler: model.scaler)
        try loop.assignBest(to: best)
        return best
    }
}

// MARK: - Samples

extension SequenceTraining {
    private static func fingerprint(_ training: SequenceDataset, _ validation: SequenceDataset?) -> String {
        "\(training.fingerprint) \(validation.map { "\($0.fingerprint)" } ?? "none")"
    }

    private static func scaled(_ dataset: SequenceDataset, by scaler: RobustScaler) throws -> SequenceDataset {
        try SequenceDataset(
            features: scaler(dataset.features), columns: dataset.columns, window: dataset.window, ends: dataset.ends,
            labels: dataset.labels)
    }

    private static func batch(_ dataset: SequenceDataset, _ samples: [Int]) throws -> (windows: Tensor, labels: Tensor)
    {
        (
            try Tensor(dataset.windows(of: samples), shape: [samples.count, dataset.window, dataset.columns]),
            try Tensor(samples.map { dataset.labels[$0] }, shape: [samples.count])
        )
    }

    /// The mean loss, over batches of the training's size.
    private static func loss(
        of model: SequenceClassifier, _ dataset: SequenceDataset, _ weight: Tensor?
    ) throws -> Double {
        let size = model.configuration.training.batchSize
        var total = 0.0
        var pass = ForwardPass.prediction
        for start in stride(from: 0, to: dataset.count, by: size) {
            let samples = Array(start..<min(start + size, dataset.count))
            let (windows, labels) = try batch(dataset, samples)
            let loss = try model(windows, &pass).binaryCrossEntropy(labels, positiveWeight: weight).item()
            total += loss * Double(samples.count)
        }
        return total / Double(dataset.count)
    }

    private static func positiveWeight(
        _ configuration: SequenceConfiguration, _ training: SequenceDataset
    ) throws -> Tensor? {
        let positives = training.labels.count { $0 == 1 }
        guard configuration.balanced, positives > 0, positives < training.count else { return nil }
        return try Tensor([Float(training.count - positives) / Float(positives)], shape: [1])
    }
}
