public import Tensor

/// How a model is trained.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
    /// The most epochs.
    public var epochs: Int
    /// Samples in a mini-batch; the last one of an epoch may be smaller.
    public var batchSize: Int
    /// The learning rate of the first epoch.
    public var learningRate: Double
    public var schedule: LearningRateSchedule
    public var optimizer: AdamW.Configuration
    /// The largest Euclidean norm of all gradients together.
    public var maximumGradientNorm: Double
    /// Epochs without improvement after which the training stops early; `nil` never does.
    public var patience: Int?
    /// How much lower a loss must be to count as an improvement.
    public var minimumImprovement: Double
    /// Where the order of samples and the dropout begin.
    public var seed: UInt64
    /// The threads of each operation; part of what the result depends on.
    public var threads: Int
    /// The numbers of the forward passes in training; validation and prediction are always computed in `float32`.
    public var precision: Precision

    public init(
        epochs: Int = 20, batchSize: Int = 64, learningRate: Double = 1e-3,
        schedule: LearningRateSchedule = .constant, optimizer: AdamW.Configuration = AdamW.Configuration(),
        maximumGradientNorm: Double = 1, patience: Int? = nil, minimumImprovement: Double = 0, seed: UInt64 = 1,
        threads: Int = 1, precision: Precision = .float32
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.schedule = schedule
        self.optimizer = optimizer
        self.maximumGradientNorm = maximumGradientNorm
        self.patience = patience
        self.minimumImprovement = minimumImprovement
        self.seed = seed
        self.threads = threads
        self.precision = precision
    }

    /// Reads a configuration; those written before there was a ``precision`` mean `float32`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        epochs = try values.decode(Int.self, forKey: .epochs)
        batchSize = try values.decode(Int.self, forKey: .batchSize)
        learningRate = try values.decode(Double.self, forKey: .learningRate)
        schedule = try values.decode(LearningRateSchedule.self, forKey: .schedule)
        optimizer = try values.decode(AdamW.Configuration.self, forKey: .optimizer)
        maximumGradientNorm = try values.decode(Double.self, forKey: .maximumGradientNorm)
        patience = try values.decodeIfPresent(Int.self, forKey: .patience)
        minimumImprovement = try values.decode(Double.self, forKey: .minimumImprovement)
        seed = try values.decode(UInt64.self, forKey: .seed)
        threads = try values.decode(Int.self, forKey: .threads)
        precision = try values.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32
    }

    /// Refuses numbers outside their range.
    public func check() throws(LearningError) {
        func require(_ holds: Bool, _ rule: String) throws(LearningError) {
            guard holds else { throw .configuration(rule) }
        }
        try require(epochs > 0, "epochs must be above zero")
        try require(batchSize > 0, "batchSize must be above zero")
        try require(learningRate.isFinite && learningRate > 0, "learningRate must be above zero")
        try require(
            maximumGradientNorm.isFinite && maximumGradientNorm > 0, "maximumGradientNorm must be above zero")
        try require(patience.map { $0 > 0 } ?? true, "patience must be above zero")
        try require(minimumImprovement >= 0, "minimumImprovement must not be negative")
        try require((1...1024).contains(threads), "threads must be in 1...1024")
        try schedule.check(base: learningRate)
    }
}

/// How far an epoch has come.
///
/// Whoever has a clock makes a rate of it.
public struct TrainingProgress: Sendable, Equatable {
    /// The epoch, from 1.
    public let epoch: Int
    /// The most epochs.
    public let epochs: Int
    /// The batch that was just done, from 1.
    public let batch: Int
    /// The batches of an epoch.
    public let batches: Int
    /// The samples done in this epoch.
    public let samples: Int
    /// The mean loss of the batch, before its step.
    public let loss: Double
    /// The norm of all gradients before clipping.
    public let gradientNorm: Double
}

/// What came of an epoch.
public struct TrainingEpoch: Codable, Sendable, Equatable {
    /// The epoch, from 1.
    public let number: Int
    public let learningRate: Double
    /// The mean over the epoch's samples, each measured before the step that it was part of.
    public let trainingLoss: Double
    /// The loss on other data after the epoch, when there are any.
    public let validationLoss: Double?

    /// The loss by which epochs are compared.
    public var loss: Double { validationLoss ?? trainingLoss }
}
