internal import Learning
internal import Schema
internal import Tensor

/// One fit of a network: scaler, epochs, checkpoints.
///
/// Everything is fitted to the training samples alone; the validation samples only tell when to stop and which epoch was
/// the best. Of several ranks each does the same, with its share of every batch, and gives the same bytes.
struct NetworkFit<Kind: NetworkKind> {
    private let task: FittingTask
    private let settings: Kind.Settings
    private let context: NetworkContext
    private let body: Kind.Body
    private let reader: SampleReader
    private let training: [Int]
    private let validation: [Int]
    private let classWeights: [Double]
    private let configuration: TrainingConfiguration

    init(_ task: FittingTask, _ settings: Kind.Settings) throws {
        self.task = task
        self.settings = settings
        let data = task.data
        context = NetworkContext(task, settings, of: Kind.self)
        // A stream of its own: the training's begins at the seed itself.
        var random = SplitMix64(seed: task.seed ^ 0x5EED_0F_1A7E)
        body = try Kind.Body(Kind.shape(settings, for: data), using: &random)
        if let start = task.start { try Self.begin(body, with: start) }
        try body.move(to: task.device)
        reader = try SampleReader(data, context, horizon: settings.horizon, on: task.device)
        training = reader.learnable(task.training).spread(settings.samples)
        // To stop by, a quarter of that is enough.
        validation = reader.learnable(task.validation).spread(settings.samples.map { max($0 / 4, 20) })
        guard !training.isEmpty, !validation.isEmpty else {
            throw TrainingError.tooFewSamples(training: training.count, validation: validation.count)
        }
        let classes = context.classes
        let weights = ClassWeights.balanced(
            training.lazy.map { data.samples[$0].answer.label }, classes: classes)
        // A class that training has never seen has no weight that balances it.
        classWeights =
            settings.balanced && !weights.contains(0) ? weights : Array(repeating: 1, count: classes)
        var configuration = settings.training
        (configuration.seed, configuration.threads) = (task.seed, task.threads)
        self.configuration = configuration
    }

    /// Gives the network the weights of a version, by name.
    private static func begin(_ body: Kind.Body, with weights: [UInt8]) throws {
        do {
            try SafeTensors(bytes: weights).assign(to: body.state)
        } catch let error as LearningError {
            throw TrainingError.start("\(error)")
        }
    }

    func run(_ watch: FittingWatch) throws -> [UInt8] {
        var loop =
            if let checkpoint = watch.checkpoint {
                try TrainingLoop(
                    resuming: SafeTensors(bytes: checkpoint), body, sampleCount: training.count, configuration,
                    in: task.group)
            } else {
                try TrainingLoop(body, sampleCount: training.count, configuration, in: task.group)
            }
        while !loop.isFinished {
            var done = 0
            let epoch = try loop.runEpoch(
                loss: { samples, pass in try loss(samples.map { training[$0] }, &pass) },
                validation: { try validationLoss() }
            ) { batch in
                try watch.step(step(batch, samples: batch.samples - done))
                done = batch.samples
            }
            try watch.step(
                TrainingStep(
                    unit: .epoch, number: epoch.number, total: configuration.epochs, samples: 0,
                    progress: Double(epoch.number) / Double(configuration.epochs), loss: epoch.trainingLoss,
                    validationLoss: epoch.validationLoss))
            let checkpoint = try loop.checkpoint().bytes()
            try confirm(checkpoint)
            try watch.save(
                checkpoint, loop.isFinished ? 1 : Double(loop.epoch) / Double(configuration.epochs))
        }
        try loop.assignBest(to: body)
        return try body.bytes(metadata: context.metadata())
    }

    /// Refuses a checkpoint that is not that of all ranks, before anybody goes on from it.
    private func confirm(_ checkpoint: [UInt8]) throws {
        guard let group = task.group else { return }
        var fingerprint = Fingerprint()
        fingerprint.add(bytes: checkpoint)
        guard try group.areEqual([Int64(bitPattern: fingerprint.value)]) else { throw TrainingError.ranksDiffer }
    }

    private func step(_ batch: TrainingProgress, samples: Int) -> TrainingStep {
        let done = Double(batch.epoch - 1) + Double(batch.batch) / Double(batch.batches)
        return TrainingStep(
            unit: .epoch, number: batch.epoch, total: batch.epochs, samples: samples,
            progress: done / Double(batch.epochs), loss: batch.loss)
    }

    private func loss(_ samples: [Int], _ pass: inout ForwardPass) throws -> Tensor {
        try Kind.loss(of: body, reader.batch(of: samples, classWeights: classWeights), &pass)
    }

    /// The mean over all validation samples, in batches of the training's size.
    private func validationLoss() throws -> Double {
        var total = 0.0
        var pass = ForwardPass.prediction
        for start in stride(from: 0, to: validation.count, by: configuration.batchSize) {
            let samples = Array(validation[start..<min(start + configuration.batchSize, validation.count)])
            total += try loss(samples, &pass).item() * Double(samples.count)
        }
        return total / Double(validation.count)
    }
}
