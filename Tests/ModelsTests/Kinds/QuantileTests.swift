import Features
import Foundation
import Learning
import Pipeline
import Schema
import Tensor
import TestTraits
import Testing

@testable import Models

@Suite("Quantiles", .serialized, .longWork, .timeLimit(.minutes(20)))
struct QuantileTests {
    private static let hour = Timeframe.hour1.nanoseconds

    private func fitted(_ settings: String) throws -> (weights: [UInt8], data: Dataset) {
        let order = try SmallModels.order("tft", settings)
        let data = planted(300, seed: 3, noise: 2, for: order)
        return (try order.fit(task(data)), data)
    }

    /// The network's own answer, `[window][step][quantile]`, in units of the context's scale.
    private func answer(_ weights: [UInt8], _ inputs: ModelInputs) throws -> (values: [[[Float]]], scale: Double) {
        let body = try TemporalFusionTransformer(bytes: weights)
        let context = try NetworkContext(SafeTensors(bytes: weights))
        let shape = body.configuration
        let batch = WindowBatch(
            windows: try Tensor(
                context.scaler(inputs.windows), shape: [inputs.count, context.window, shape.observed.count]),
            moments: inputs.moments, instruments: inputs.instruments, context: context)
        let quantiles = try Torch.withThreads(1) {
            try withoutGradient {
                var pass = ForwardPass.prediction
                let past = try Tensor.concatenated(
                    [batch.windows, batch.calendar(1 - shape.lookback..<1)], dimension: 2)
                return try body(
                    statics: batch.markets(), past: past, future: batch.calendar(1..<shape.horizon + 1), &pass
                ).quantiles
            }
        }
        let values = try (0..<inputs.count).map { window in
            try (0..<shape.horizon).map { step in
                try quantiles.selected(dimension: 0, index: window).selected(dimension: 0, index: step).floats()
            }
        }
        return (values, context.returnScale)
    }

    @Test("They are the network's own, of an hour and of four ahead, sorted, as log returns")
    func own() throws {
        let (weights, data) = try fitted(#"{"horizon":5}"#)
        let served = try TemporalFusionKind.model(from: weights)
        let inputs = data.inputs(7..<15, length: served.window)
        let (values, scale) = try answer(weights, inputs)
        #expect(scale > 0.005 && scale < 0.02)
        let forecasts = try served.forecasts(of: inputs)
        for (forecast, steps) in zip(forecasts, values) {
            let expected = [(1, steps[0]), (4, steps[3])].flatMap { hours, values in
                zip([0.1, 0.5, 0.9], values.sorted()).map { level, value in
                    Prediction.Quantile(
                        horizon: Int64(hours) * Self.hour, level: level, logReturn: Double(value) * scale)
                }
            }
            #expect(forecast.quantiles == expected)
        }
        #expect(forecasts.map(\.probability) == (try served.probabilities(of: inputs)))
        #expect(Set(forecasts.map(\.quantiles)).count == 8)
    }

    @Test("A network that has hardly learned lets quantiles cross, and they are told in order")
    func crossing() throws {
        let (weights, data) = try fitted(
            #"{"training":{"epochs":1,"learningRate":1e-9,"schedule":{"constant":{}}}}"#)
        let served = try TemporalFusionKind.model(from: weights)
        let inputs = data.inputs(0..<40, length: served.window)
        let (values, _) = try answer(weights, inputs)
        #expect(values.contains { $0[0] != $0[0].sorted() }, "nothing crosses here")
        for forecast in try served.forecasts(of: inputs) {
            let returns = forecast.quantiles.map(\.logReturn)
            #expect(returns.count == 3 && returns == returns.sorted())
        }
    }

    @Test("Those that the horizon has no bar for are left out, whatever the timeframe")
    func horizons() throws {
        let data = planted(200, seed: 1, for: try SmallModels.order("tft"))
        for (horizon, hours) in [(1, [1]), (3, [1]), (4, [1, 4]), (24, [1, 4, 24]), (0, [])] as [(Int, [Int64])] {
            var settings = TemporalFusionKind.settings
            settings.horizon = horizon
            #expect(TemporalFusionKind.quantileHorizons(settings, for: data) == hours.map { $0 * Self.hour })
        }
    }

    @Test("A version of before there were any tells none, and one that asks for a bar beyond the horizon is refused")
    func olderFile() throws {
        let (weights, data) = try fitted("{}")
        let inputs = data.inputs(0..<3, length: 8)
        #expect(try TemporalFusionKind.model(from: weights).forecasts(of: inputs)[0].quantiles.count == 3)
        func changed(_ change: (inout [String: Any]) -> Void) throws -> any DirectionModel {
            var file = try SafeTensors(bytes: weights)
            let text = try #require(file.metadata["tidegate.context.v1"])
            var context = try #require(
                JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            change(&context)
            let data = try JSONSerialization.data(withJSONObject: context)
            file.metadata["tidegate.context.v1"] = String(decoding: data, as: UTF8.self)
            return try TemporalFusionKind.model(from: file.bytes())
        }
        let older = try changed { #expect($0.removeValue(forKey: "quantileHorizons") != nil) }
        let forecasts = try older.forecasts(of: inputs)
        #expect(forecasts.allSatisfy { $0.quantiles.isEmpty && $0.uncertainty == nil })
        #expect(try forecasts.map(\.probability) == older.probabilities(of: inputs))
        let broken = try changed { $0["quantileHorizons"] = [4 * Self.hour] }
        #expect(throws: LearningError.self) { try broken.forecasts(of: inputs) }
    }

    // MARK: Serving

    @Test("What a model says beside the probability is in its predictions, those of the shadow too")
    func served() throws {
        func artifact(_ model: String, _ settings: String) throws -> ModelArtifact {
            var serving = Serving([])
            try serving.run(SyntheticFeed(seed: 77, bars: 300).batches)
            let order = try SmallModels.order(model, settings)
            let weights = try order.fit(task(dataset(serving.vectors, for: order)))
            return ModelArtifact(version: model, kind: order.kind, featureSet: featureSet.id, weights: weights)
        }
        let artifacts = try [
            artifact("tft", "{}"), artifact("lstm", #"{"dropoutPasses":4,"shape":{"dropout":0.2}}"#),
        ]
        let controls = [0: [activation("champion", "tft"), activation("shadow", "lstm")]]
        var serving = Serving(artifacts)
        try serving.run(SyntheticFeed(seed: 5, bars: 130, controls: controls).batches)
        let (forecasting, unsure) = (
            serving.predictions.filter { $0.model == "tft" }, serving.predictions.filter { $0.model == "lstm" }
        )
        #expect(forecasting.count > 20 && unsure.count > 20 && serving.anomalies.isEmpty)
        #expect(forecasting.allSatisfy { $0.quantiles.map(\.level) == [0.1, 0.5, 0.9] && $0.uncertainty == nil })
        #expect(forecasting.allSatisfy { $0.quantiles.allSatisfy { $0.horizon == Self.hour } })
        #expect(unsure.allSatisfy { ($0.uncertainty ?? 0) > 0 && $0.quantiles.isEmpty })
    }
}
