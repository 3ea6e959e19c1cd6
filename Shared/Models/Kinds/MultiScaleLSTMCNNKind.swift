/// The multi-scale LSTM-CNN as a model of directions.
enum MultiScaleLSTMCNNKind: NetworkKind {
    typealias Body = MultiScaleLSTMCNN

    static let name = "multi-scale-lstm-cnn"
    static let summary = "patterns of bars of several lengths, an LSTM over them, and attention"
    static let settings = NetworkSettings(MultiScaleConfiguration(features: ["feature"]), window: 60)

    static func shape(_ settings: Settings, for data: Dataset) -> MultiScaleConfiguration {
        var shape = settings.shape
        (shape.features, shape.window, shape.outputs) = (data.names, settings.window, data.outputs)
        return shape
    }
}
