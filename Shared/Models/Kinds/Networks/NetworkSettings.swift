internal import Learning

/// The hyper-parameters of a network.
struct NetworkSettings<Shape: NetworkConfiguration>: ModelSettings {
    /// The data decide its names, its windows and its outputs.
    var shape: Shape
    /// Rows that one prediction looks at.
    var window: Int
    /// Bars ahead that the loss looks at beside the label.
    var horizon: Int
    /// Whether rare classes weigh as much as frequent ones.
    var balanced: Bool
    /// The most samples to learn from, spread evenly over the training's; `nil` is all.
    var samples: Int?
    /// The fixed batch shape of predictions.
    var predictionBatch: Int
    /// Passes with dropout by which a prediction tells how unsure it is; `nil` and 0 tell nothing.
    ///
    /// Builds of before refuse a setting that they do not know, so it is written only where it is wanted.
    var dropoutPasses: Int?
    /// Seed and threads are the task's.
    var training: TrainingConfiguration

    var batch: Int? { training.batchSize }

    init(
        _ shape: Shape, window: Int, horizon: Int = 0, balanced: Bool = false, samples: Int? = nil,
        predictionBatch: Int = 8, dropoutPasses: Int? = nil,
        training: TrainingConfiguration = .networks
    ) {
        (self.shape, self.window, self.horizon) = (shape, window, horizon)
        (self.balanced, self.samples) = (balanced, samples)
        (self.predictionBatch, self.dropoutPasses, self.training) = (predictionBatch, dropoutPasses, training)
    }

    /// The same for a rough model, to be tried out in minutes.
    var quick: Self {
        var quick = self
        quick.shape = shape.quick
        (quick.window, quick.samples) = (min(window, 60), 4000)
        (quick.training.epochs, quick.training.patience) = (min(training.epochs, 4), 2)
        (quick.training.batchSize, quick.training.learningRate) = (128, 2e-3)
        return quick
    }

    func check() throws {
        let longest = InferenceStage.longestWindow
        try LearningError.require((1...longest).contains(window), "window must be in 1...\(longest)")
        try LearningError.require((0...1000).contains(horizon), "horizon must be in 0...1000")
        try LearningError.require(samples.map { $0 > 0 } ?? true, "samples must be above zero")
        try LearningError.require((1...4096).contains(predictionBatch), "predictionBatch must be in 1...4096")
        try LearningError.require(
            dropoutPasses.map { $0 == 0 || (2...1000).contains($0) } ?? true,
            "dropoutPasses must be 0, or in 2...1000")
        try training.check()
        try shape.check()
    }
}

extension TrainingConfiguration {
    /// AdamW, cosine annealing with warm restarts, gradients clipped at a norm of 1, stopped early.
    static let networks = TrainingConfiguration(
        epochs: 30, batchSize: 64, learningRate: 1e-3,
        schedule: .cosineWarmRestarts(period: 10, multiplier: 2, minimum: 1e-5), patience: 6)
}
