/// The LSTM-CNN as a model of directions.
enum LSTMCNNKind: NetworkKind {
    typealias Body = LSTMCNN

    static let name = "lstm-cnn"
    static let summary = "convolutions for short patterns beside an LSTM for the course of the window"
    static let settings = NetworkSettings(LSTMCNNConfiguration(features: ["feature"]), window: 60)

    static func shape(_ settings: Settings, for data: Dataset) -> LSTMCNNConfiguration {
        var shape = settings.shape
        (shape.features, shape.window, shape.outputs) = (data.names, settings.window, data.outputs)
        return shape
    }
}
