/// The transformer as a model of directions.
enum TransformerKind: NetworkKind {
    typealias Body = SequenceTransformer

    static let name = "transformer"
    static let summary = "the encoder of a transformer over the window"
    static let settings = NetworkSettings(SequenceTransformerConfiguration(features: ["feature"]), window: 60)

    static func shape(_ settings: Settings, for data: Dataset) -> SequenceTransformerConfiguration {
        var shape = settings.shape
        (shape.features, shape.window, shape.outputs) = (data.names, settings.window, data.outputs)
        return shape
    }
}
