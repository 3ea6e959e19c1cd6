internal import Learning
internal import Schema
internal import Tensor

/// The multi-timeframe model as a model of directions: it reads the primary timeframe, and those above it that features
/// look at, each by its own reader.
///
/// A bar of a longer timeframe is the row at which as much time has passed: rows hold the features of all timeframes, as
/// they were known then.
enum MultiTimeframeKind: NetworkKind {
    typealias Body = MultiTimeframeModel

    static let name = "multi-timeframe"
    static let summary = "a reader for each timeframe (LSTM, GRU, TCN), and attention between them"
    /// Ten days of hours.
    static let settings = NetworkSettings(MultiTimeframeConfiguration(features: ["feature"]), window: 240)

    /// Longer windows cost the readers nothing: they skip rows.
    static var quickSettings: Settings {
        var quick = settings.quick
        quick.window = settings.window
        return quick
    }

    /// The configured readers in turn, each with as many bars as it is configured for and the window has.
    static func shape(_ settings: Settings, for data: Dataset) -> MultiTimeframeConfiguration {
        var shape = settings.shape
        let timeframes = [data.timeframe] + data.higher.filter { settings.window / stride(of: $0, data.timeframe) >= 2 }
        shape.paths = timeframes.enumerated().map { place, timeframe in
            let path = settings.shape.paths[place % settings.shape.paths.count]
            let bars = settings.window / stride(of: timeframe, data.timeframe)
            return MultiTimeframeConfiguration.Path(timeframe.rawValue, path.reader, window: min(path.window, bars))
        }
        (shape.features, shape.outputs) = (data.names, data.outputs)
        return shape
    }

    static func loss(of body: Body, _ batch: LabelledBatch, _ pass: inout ForwardPass) throws -> Tensor {
        try batch.crossEntropy(logits(of: body, batch.inputs, &pass))
    }

    static func probabilities(of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass) throws -> Tensor {
        try batch.context.upProbability(logits(of: body, batch, &pass))
    }

    private static func logits(
        of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass
    ) throws -> Tensor {
        let newest = Int64(batch.context.window - 1)
        let windows = try body.configuration.paths.map { path in
            guard let timeframe = Timeframe(rawValue: path.timeframe) else {
                throw LearningError.data("there is no timeframe \(path.timeframe)")
            }
            let step = Int64(stride(of: timeframe, batch.context.timeframe))
            let rows = (0..<Int64(path.window)).reversed().map { newest - $0 * step }
            return try batch.windows.slices(
                dimension: 1, at: Tensor(rows, shape: [rows.count]).moved(to: batch.windows.device))
        }
        return try body(windows, &pass).logits
    }

    /// Rows of the shorter timeframe that make a bar of the longer.
    private static func stride(of longer: Timeframe, _ shorter: Timeframe) -> Int {
        Int(longer.nanoseconds / shorter.nanoseconds)
    }
}
