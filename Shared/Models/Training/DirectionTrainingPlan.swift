/// How a direction model is trained.
///
/// Together with the samples it decides the weights, to the last bit.
public struct DirectionTrainingPlan: Codable, Sendable, Equatable {
    public let kind: DirectionModelKind
    public let seed: UInt64
    /// Rows that the LSTM looks at.
    public var window = 24
    /// Width of the LSTM.
    public var hidden = 16
    /// Passes of the LSTM over the samples.
    public var epochs = 3
    /// The most trees.
    public var rounds = 120
    /// Threads of each operation of the LSTM; they decide the last bits.
    public var threads = 1

    public init(kind: DirectionModelKind, seed: UInt64) {
        self.kind = kind
        self.seed = seed
    }
}

/// A step of a training that was just done.
///
/// Whoever has a clock makes a rate of it.
public struct TrainingStep: Sendable, Equatable {
    /// What a training consists of.
    public enum Unit: String, Sendable { case epoch, round }

    public let unit: Unit
    /// The epoch or round, from 1.
    public let number: Int
    /// The most epochs or rounds.
    public let total: Int
    /// Samples that the step looked at.
    public let samples: Int
    /// The share of the work done, 0…1.
    public let progress: Double
    /// The mean cross-entropy of the step's samples, in nats.
    public let loss: Double
}

/// Why a training cannot be done.
public enum DirectionTrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Too little history for three honest parts.
    case tooFewSamples(training: Int, validation: Int, test: Int)
    /// A request that contradicts itself or cannot be read.
    case request(String)
    /// A checkpoint of another plan or of other samples.
    case foreignCheckpoint

    public var description: String {
        switch self {
        case .tooFewSamples(let training, let validation, let test):
            "too little history to train on: \(training) samples for training, \(validation) for validation, "
                + "\(test) for test"
        case .request(let reason): "the training request is wrong: \(reason)"
        case .foreignCheckpoint: "the checkpoint is of another training"
        }
    }
}
