/// Gradient-boosted trees as a model of directions: they see the newest row alone.
enum XGBoostKind: ModelKind {
    static let name = "xgboost"
    static let summary = "gradient-boosted trees over the newest row"
    /// XGBoost's own JSON, which its Python package opens by this ending.
    static let fileExtension = "json"
    /// The seed is the task's.
    static let settings = GradientBoostedTrees.Configuration(rounds: 120, maximumDepth: 3, patience: 20)
    static let quickSettings = GradientBoostedTrees.Configuration(rounds: 40, maximumDepth: 3, patience: 20)

    static func fit(
        _ task: FittingTask, _ settings: GradientBoostedTrees.Configuration, _ watch: FittingWatch
    ) throws -> [UInt8] {
        func samples(_ indices: [Int]) -> GradientBoostedTrees.Samples {
            GradientBoostedTrees.Samples(
                rows: task.data.inputs(indices, length: 1).windows,
                labels: indices.map { task.data.samples[$0].answer.isUp ? 1 : 0 })
        }
        var configuration = settings
        configuration.seed = UInt32(truncatingIfNeeded: task.seed)
        let model = try GradientBoostedTrees.train(
            samples(task.training), columns: task.data.names, validation: samples(task.validation),
            configuration: configuration, continuing: watch.checkpoint.map { try GradientBoostedTrees(bytes: $0) }
        ) { round, checkpoint in
            let progress = Double(round.number) / Double(round.rounds)
            if round.number.isMultiple(of: 10) { try watch.save(checkpoint(), progress) }
            try watch.step(
                TrainingStep(
                    unit: .round, number: round.number, total: round.rounds, samples: task.training.count,
                    progress: progress, loss: round.trainingLoss, validationLoss: round.validationLoss))
        }
        return try model.bytes()
    }

    static func model(from bytes: [UInt8]) throws -> any DirectionModel {
        ServedTrees(trees: try GradientBoostedTrees(bytes: bytes))
    }
}

extension GradientBoostedTrees.Configuration: ModelSettings {
    public var window: Int { 1 }
}

private struct ServedTrees: DirectionModel {
    let trees: GradientBoostedTrees
    let window = 1
    var features: Int { trees.columns.count }

    func probabilities(of inputs: ModelInputs) throws -> [Float] { try trees.predict(rows: inputs.windows) }

    /// The mean gain of the splits on each feature, as XGBoost's Python package shows it; the same on whatever windows.
    func shares(on inputs: ModelInputs) throws -> [InputShares] {
        let gains = try trees.importance()
        // In the order of the columns, so that the sum has the same bits each time.
        let total = trees.columns.reduce(0) { $0 + (gains[$1] ?? 0) }
        let shares = trees.columns.compactMap { name in
            gains[name].map { InputShares.Share(name: name, share: $0 / total) }
        }
        return [InputShares(measure: "gain", shares: shares)]
    }
}
