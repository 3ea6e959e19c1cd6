internal import Schema
public import Tensor

/// Trains one model, an epoch at a time.
///
/// An epoch goes through all samples in a new seeded order, in mini-batches: loss, gradients, clipping, AdamW. Between
/// epochs ``checkpoint()`` holds all that the rest depends on, so a training that was stopped and resumed ends with the
/// same bits as one that was not (for one build on one kind of processor).
///
/// It works on the device on which the model is when the loop is made. The forward passes of the training may be
/// computed in bfloat16 (``TrainingConfiguration/precision``); losses, gradients of the parameters and steps are in
/// their own type, and validation is not affected.
///
/// Several ranks of a group may train one model together, each with a share of every mini-batch. Loop, model,
/// checkpoints and what is reported have the same bits on all of them, as long as they have the same samples and kind
/// of processor, and in each run with as many ranks. `DataParallel.swift` says how.
///
/// The loop is a value around shared tensors: it overwrites those of the model that it was given.
public struct TrainingLoop {
    public let configuration: TrainingConfiguration
    /// The number of training samples.
    public let sampleCount: Int
    /// What happened in each finished epoch.
    public internal(set) var history: [TrainingEpoch] = []
    /// The number, from 1, of the epoch with the lowest loss, or `nil` before the first.
    public internal(set) var bestEpoch: Int?

    /// What the file of the model holds: parameters, and buffers that follow them.
    let state: [NamedTensor]
    /// The part of the state that is not trained.
    let buffers: [Tensor]
    /// The ranks that train together, or `nil` where one trains alone.
    let group: ProcessGroup?
    let optimizer: AdamW
    /// A copy of the state after the best epoch.
    let best: [NamedTensor]
    var random: SplitMix64

    /// Starts a training.
    ///
    /// - Parameters:
    ///   - model: with starting values; of several ranks, those of rank 0 count.
    ///   - sampleCount: the number of training samples.
    ///   - configuration: how to train; `batchSize` is that of all ranks together.
    ///   - group: the ranks that train the model together. Each waits here for all.
    /// - Throws: ``LearningError/configuration(_:)`` when a setting is outside its range, or ranks differ in them.
    public init(
        _ model: some Layer, sampleCount: Int, _ configuration: TrainingConfiguration, in group: ProcessGroup? = nil
    ) throws {
        try self.init(apart: model, sampleCount: sampleCount, configuration, group)
        if let group { try join(group) }
    }

    /// Starts a training before it has told the other ranks.
    init(
        apart model: some Layer, sampleCount: Int, _ configuration: TrainingConfiguration, _ group: ProcessGroup?
    ) throws {
        try configuration.check()
        guard sampleCount > 0 else { throw LearningError.data("there is nothing to train on") }
        guard configuration.batchSize >= group?.size ?? 1 else {
            throw LearningError.configuration("batchSize must be at least the number of ranks")
        }
        self.configuration = configuration
        self.sampleCount = sampleCount
        self.group = group
        state = model.state
        buffers = model.buffers.map(\.value)
        optimizer = try AdamW(model.parameters, configuration.optimizer)
        best = try state.map { ($0.name, try $0.value.clone()) }
        random = SplitMix64(seed: configuration.seed)
    }

    /// Where the model is.
    var device: Device { state.first?.value.device ?? .cpu }

    /// The number of finished epochs.
    public var epoch: Int { history.count }

    /// Whether all epochs are done, or the best one is as long ago as the configured patience.
    public var isFinished: Bool {
        if epoch >= configuration.epochs { return true }
        guard let patience = configuration.patience, let bestEpoch else { return false }
        return epoch - bestEpoch >= patience
    }

    /// Trains one epoch.
    ///
    /// When it throws, the parameters stand somewhere in the middle of an epoch: throw the loop away and resume from
    /// its last checkpoint.
    ///
    /// - Parameters:
    ///   - loss: the mean loss of the samples with these numbers, by a training pass.
    ///   - validation: the loss on other data, measured after the epoch, or `nil` to go by the training loss. Of
    ///     several ranks, all measure, and that of rank 0 counts.
    ///   - progress: called after each batch; may throw to stop, for example when a lease is lost. Other ranks then get
    ///     an error at their next step, as if this one had died, when its group is gone or their timeout is over.
    /// - Returns: what came of the epoch; also the last of ``history``.
    /// - Throws: ``LearningError/diverged(epoch:batch:)`` when loss or gradient is not finite, and ``TensorError`` when
    ///   another rank is gone or does not come in time.
    @discardableResult
    public mutating func runEpoch(
        loss: (_ samples: [Int], _ pass: inout ForwardPass) throws -> Tensor,
        validation: () throws -> Double? = { nil },
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> TrainingEpoch {
        precondition(!isFinished, "the training is finished")
        let finished = try Torch.withThreads(configuration.threads) {
            let (rate, trainingLoss) = try trainBatches(loss: loss, progress: progress)
            var validationLoss = try withoutGradient { try validation() }
            if let group { validationLoss = try shareResults(in: group, validationLoss: validationLoss) }
            if let validationLoss, !validationLoss.isFinite {
                throw LearningError.diverged(epoch: epoch + 1, batch: 0)
            }
            return TrainingEpoch(
                number: epoch + 1, learningRate: rate, trainingLoss: trainingLoss, validationLoss: validationLoss)
        }
        history.append(finished)
        if bestEpoch.map({ finished.loss < history[$0 - 1].loss - configuration.minimumImprovement }) ?? true {
            bestEpoch = finished.number
            for (kept, current) in zip(best, state) { try kept.value.assign(current.value) }
        }
        return finished
    }

    /// Gives a model of the same architecture the parameters and buffers of ``bestEpoch``.
    public func assignBest(to model: some Layer) throws(TensorError) {
        let state = model.state
        precondition(state.map(\.name) == best.map(\.name), "the model is of another architecture")
        for (kept, target) in zip(best, state) { try target.value.assign(kept.value) }
    }

    private mutating func trainBatches(
        loss: (_ samples: [Int], _ pass: inout ForwardPass) throws -> Tensor,
        progress: (TrainingProgress) throws -> Void
    ) throws -> (rate: Double, loss: Double) {
        let rate = configuration.schedule.rate(base: configuration.learningRate, epoch: epoch)
        let order = randomOrder(sampleCount, using: &random)
        let starts = stride(from: 0, to: sampleCount, by: configuration.batchSize)
        var pass = ForwardPass.training(random)
        defer { random = pass.random }
        var total = 0.0
        for (batch, start) in zip(1..., starts) {
            let samples = Array(order[start..<min(start + configuration.batchSize, sampleCount)])
            optimizer.clearGradients()
            let number =
                if let group {
                    try shareGradients(in: group, samples, batch: batch, pass, loss: loss)
                } else {
                    try backward(samples, &pass, loss: loss)
                }
            guard number.isFinite else { throw LearningError.diverged(epoch: epoch + 1, batch: batch) }
            let norm = try optimizer.clipGradients(toNorm: configuration.maximumGradientNorm)
            guard norm.isFinite else { throw LearningError.diverged(epoch: epoch + 1, batch: batch) }
            try optimizer.step(learningRate: rate)
            total += number * Double(samples.count)
            try progress(
                TrainingProgress(
                    epoch: epoch + 1, epochs: configuration.epochs, batch: batch,
                    batches: (sampleCount + configuration.batchSize - 1) / configuration.batchSize,
                    samples: start + samples.count, loss: number, gradientNorm: norm))
        }
        optimizer.clearGradients()
        return (rate, total / Double(sampleCount))
    }

    /// Adds the gradients of the samples' mean loss to the parameters', and gives that loss.
    func backward(
        _ samples: [Int], _ pass: inout ForwardPass,
        loss: (_ samples: [Int], _ pass: inout ForwardPass) throws -> Tensor
    ) throws -> Double {
        let value = try Torch.withAutocast(configuration.precision, on: device) { try loss(samples, &pass) }
        try value.backward()
        return try value.item()
    }
}
