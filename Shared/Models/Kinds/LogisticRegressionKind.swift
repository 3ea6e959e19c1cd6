internal import Learning

/// Logistic regression as a model of directions.
enum LogisticRegressionKind: NetworkKind {
    typealias Body = LogisticRegression

    static let name = "logistic-regression"
    static let summary = "a weighted sum of the newest row: what every other model must beat"
    static let settings = NetworkSettings(
        LogisticRegressionConfiguration(features: ["feature"]), window: 1,
        training: TrainingConfiguration(
            epochs: 40, batchSize: 64, learningRate: 1e-2, schedule: .cosine(period: 40, minimum: 1e-4), patience: 8))

    /// It is small already.
    static var quickSettings: Settings { settings }

    static func shape(_ settings: Settings, for data: Dataset) -> LogisticRegressionConfiguration {
        var shape = settings.shape
        (shape.features, shape.outputs) = (data.names, data.outputs)
        return shape
    }
}
