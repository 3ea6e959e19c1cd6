/// The LSTM as a model of directions.
enum LSTMKind: NetworkKind {
    typealias Body = SequenceClassifier

    static let name = "lstm"
    static let summary = "an LSTM over the window, its last step alone"
    static let settings = NetworkSettings(SequenceConfiguration(features: ["feature"]), window: 24)

    static func shape(_ settings: Settings, for data: Dataset) -> SequenceConfiguration {
        var shape = settings.shape
        (shape.features, shape.outputs) = (data.names, data.outputs)
        return shape
    }
}
