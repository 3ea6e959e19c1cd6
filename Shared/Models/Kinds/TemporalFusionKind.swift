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
            forecast(of: body, batch.inputs, &pass).quantiles, batch.pathTensor())
    }

    static func probabilities(of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass) throws -> Tensor {
        let next = try forecast(of: body, batch, &pass).quantiles.selected(dimension: 1, index: 0).floats()
        let levels = body.configuration.quantiles
        let probabilities = stride(from: 0, to: next.count, by: levels.count).map { start in
            upProbability(levels, next[start..<start + levels.count])
        }
        return try Tensor(probabilities, shape: [batch.count])
    }

    /// An hour, four and a day, where the horizon has a bar that ends then.
    static func quantileHorizons(_ settings: Settings, for data: Dataset) -> [Int64] {
        let bar = data.timeframe.nanoseconds
        return [Timeframe.hour1, .hour4, .day1].map(\.nanoseconds).filter {
            $0.isMultiple(of: bar) && $0 / bar <= settings.horizon
        }
    }

    static func forecasts(
        of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass
    ) throws -> [DirectionForecast] {
        let values = try forecast(of: body, batch, &pass).quantiles.floats()
        let (levels, bar) = (body.configuration.quantiles, batch.context.timeframe.nanoseconds)
        let steps = (batch.context.quantileHorizons ?? []).map { Int($0 / bar) }
        guard steps.allSatisfy((1...body.configuration.horizon).contains) else {
            throw LearningError.data("quantiles of bars \(steps), where \(body.configuration.horizon) are forecast")
        }
        return (0..<batch.count).map { window in
            func quantiles(_ step: Int) -> ArraySlice<Float> {
                let start = (window * body.configuration.horizon + step - 1) * levels.count
                return values[start..<start + levels.count]
            }
            return DirectionForecast(
                probability: upProbability(levels, quantiles(1)),
                quantiles: steps.flatMap { step in
                    // Those that cross are sorted, as for the probability.
                    zip(levels, quantiles(step).sorted()).map { level, value in
                        Prediction.Quantile(
                            horizon: Int64(step) * bar, level: level,
                            logReturn: Double(value) * batch.context.returnScale)
                    }
                })
        }
    }

    /// The variables that were selected, and the bars that were looked at.
    static func shares(of body: Body, _ batch: WindowBatch) throws -> [InputShares] {
        var pass = ForwardPass.prediction
        let importance = try body.importance(of: forecast(of: body, batch, &pass))
        func shares(_ measure: String, _ shares: [TemporalFusionImportance.Share]) -> InputShares {
            InputShares(measure: measure, shares: shares.map { InputShares.Share(name: $0.name, share: $0.share) })
        }
        let oldest = 1 - body.configuration.lookback
        let bars = importance.steps.enumerated().map { step, share in
            InputShares.Share(name: "bar \(oldest + step)", share: share)
        }
        return [
            shares("selection of the past", importance.past), shares("selection ahead", importance.future),
            InputShares(measure: "attention", shares: bars),
        ]
    }

    /// Of the next bar.
    private static func upProbability(_ levels: [Double], _ values: ArraySlice<Float>) -> Float {
        Float(QuantileForecast(levels: levels, values: values.map(Double.init)).probabilityAbove(0))
    }

    /// Its quantiles are in units of the context's scale.
    private static func forecast(
        of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass
    ) throws -> Body.Forecast {
        let shape = body.configuration
        let past = try Tensor.concatenated(
            [batch.windows, batch.calendar(1 - shape.lookback..<1)], dimension: 2)
        return try body(
            statics: batch.markets(), past: past, future: batch.calendar(1..<shape.horizon + 1), &pass)
    }
}
