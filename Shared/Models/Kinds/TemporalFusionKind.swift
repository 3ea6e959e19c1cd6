internal import Learning
internal import Schema
internal import Tensor

/// The temporal fusion transformer as a model of directions: it forecasts quantiles of the log returns of the bars ahead.
///
/// The statics are the instruments, what is known ahead is the calendar.
enum TemporalFusionKind: NetworkKind {
    typealias Body = TemporalFusionTransformer

    static let name = "tft"
    static let summary = "temporal fusion transformer: quantiles of the returns of the bars ahead"
    static let settings = NetworkSettings(
        TemporalFusionConfiguration(
            statics: ["market"], observed: ["feature"], known: WindowBatch.calendarNames),
        window: 168, horizon: 24)

    /// Its variables make it the slowest of all.
    static var quickSettings: Settings {
        var quick = settings.quick
        (quick.window, quick.samples) = (48, 1500)
        return quick
    }

    static func shape(_ settings: Settings, for data: Dataset) -> TemporalFusionConfiguration {
        var shape = settings.shape
        (shape.statics, shape.observed) = (data.instruments.map(\.name), data.names)
        (shape.lookback, shape.horizon) = (settings.window, settings.horizon)
        return shape
    }

    static func loss(of body: Body, _ batch: LabelledBatch, _ pass: inout ForwardPass) throws -> Tensor {
        try QuantileLoss(quantiles: body.configuration.quantiles).mean(
            forecast(of: body, batch.inputs, &pass), batch.pathTensor())
    }

    static func probabilities(of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass) throws -> Tensor {
        let quantiles = body.configuration.quantiles
        let next = try forecast(of: body, batch, &pass).selected(dimension: 1, index: 0).floats()
        let probabilities = stride(from: 0, to: next.count, by: quantiles.count).map { start in
            Float(
                QuantileForecast(
                    levels: quantiles, values: next[start..<start + quantiles.count].map(Double.init)
                ).probabilityAbove(0))
        }
        return try Tensor(probabilities, shape: [batch.count])
    }

    /// `[batch, horizon, quantile]`, in units of the context's scale.
    private static func forecast(
        of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass
    ) throws -> Tensor {
        let shape = body.configuration
        let past = try Tensor.concatenated(
            [batch.windows, batch.calendar(1 - shape.lookback..<1)], dimension: 2)
        return try body(
            statics: batch.markets(), past: past, future: batch.calendar(1..<shape.horizon + 1), &pass
        ).quantiles
    }
}
