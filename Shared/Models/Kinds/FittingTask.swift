public import Tensor

/// What one fit is made of: samples, where chance begins, and who works on it where.
public struct FittingTask: Sendable {
    public let data: Dataset
    /// What is learned from: numbers of samples, in order of time.
    public let training: [Int]
    /// What tells when to stop, later than all of ``training``.
    public let validation: [Int]
    public let seed: UInt64
    /// Threads of each operation; they decide the last bits.
    public let threads: Int
    /// Where a network is fitted; other kinds are on the processor.
    public var device = Device.cpu
    /// The weights of a version with which a network begins, in place of chance.
    public var start: [UInt8]?
    /// The ranks that fit a network together, each with an equal task; `nil` for one alone.
    public var group: ProcessGroup?

    /// - Throws: ``TrainingError/tooFewSamples(training:validation:)`` for less than 100 of the one or 20 of the other.
    public init(
        _ data: Dataset, training: [Int], validation: [Int], seed: UInt64, threads: Int = 1
    ) throws(TrainingError) {
        guard training.count >= 100, validation.count >= 20 else {
            throw .tooFewSamples(training: training.count, validation: validation.count)
        }
        (self.data, self.training, self.validation) = (data, training, validation)
        (self.seed, self.threads) = (seed, threads)
    }
}

/// Where a fit that was interrupted goes on, and who is told how far this one is.
public struct FittingWatch {
    /// What ``save`` was given last by an equal fit; `nil` at the beginning.
    public let checkpoint: [UInt8]?
    /// Told of each batch of samples or each tree; may throw to stop.
    public let step: (TrainingStep) throws -> Void
    /// Takes a checkpoint and the share of the work done, 0…1; may throw to stop.
    public let save: (_ checkpoint: [UInt8], _ progress: Double) throws -> Void

    public init(
        continuing checkpoint: [UInt8]? = nil, step: @escaping (TrainingStep) throws -> Void = { _ in },
        save: @escaping (_ checkpoint: [UInt8], _ progress: Double) throws -> Void = { _, _ in }
    ) {
        (self.checkpoint, self.step, self.save) = (checkpoint, step, save)
    }
}

/// A step of a fit that was just done.
///
/// Whoever has a clock makes a rate of it.
public struct TrainingStep: Sendable, Equatable {
    /// What a fit consists of.
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
    /// The mean loss of the step's samples, in the unit of the kind: nats for a cross-entropy.
    public let loss: Double
    /// The mean loss of the validation samples, after the last step of an epoch or round.
    public let validationLoss: Double?

    public init(
        unit: Unit, number: Int, total: Int, samples: Int, progress: Double, loss: Double,
        validationLoss: Double? = nil
    ) {
        (self.unit, self.number, self.total, self.samples) = (unit, number, total, samples)
        (self.progress, self.loss, self.validationLoss) = (progress, loss, validationLoss)
    }
}
