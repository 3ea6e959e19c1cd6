import Foundation
import Learning
import Pipeline
import Schema
import Tensor
import TestTraits
import Testing

@testable import Models

@Suite("Uncertainty", .serialized, .longWork, .timeLimit(.minutes(20)))
struct UncertaintyTests {
    /// Those with dropout somewhere; logistic regression has no layer to leave something out of.
    static let networks = ModelCatalogue.standard.names.filter { $0 != "xgboost" && $0 != "logistic-regression" }

    private func served(
        _ model: String, _ settings: String, _ data: (FittingOrder) -> Dataset
    ) throws -> (model: any DirectionModel, data: Dataset, weights: [UInt8]) {
        let order = try SmallModels.order(model, settings)
        let data = data(order)
        let weights = try order.fit(task(data))
        return (try order.kind.model(from: weights), data, weights)
    }

    private static func hours(_ order: FittingOrder) -> Dataset { planted(300, seed: 10, noise: 4, for: order) }

    @Test("A window's forecast has the same bits wherever it stands, whatever stands beside it", arguments: networks)
    func neighbours(model: String) throws {
        let settings = #"{"dropoutPasses":10,"shape":{"dropout":0.3}}"#
        let (served, data, _) = try served(model, settings, Self.hours)
        let all = try served.forecasts(of: data.inputs(data.samples.indices.prefix(24), length: served.window))
        for samples in [[5], [5, 20], Array(3..<14), [20, 5, 5]] {
            let some = try served.forecasts(of: data.inputs(samples, length: served.window))
            #expect(some == samples.map { all[$0] })
        }
        #expect(all.compactMap(\.uncertainty).count { $0 > 0 && $0 < 0.5 } == all.count, "\(all)")
        #expect(Set(all.map(\.uncertainty)).count > 12)
    }

    @Test("The published probability is that of the pass without dropout", arguments: networks)
    func deterministic(model: String) throws {
        let (sure, data, plain) = try served(model, #"{"shape":{"dropout":0.3}}"#, Self.hours)
        let (unsure, _, weights) = try served(model, #"{"dropoutPasses":3,"shape":{"dropout":0.3}}"#, Self.hours)
        // How many passes are made is a part of the version.
        #expect(weights != plain)
        let inputs = data.inputs(data.samples.indices.prefix(20), length: sure.window)
        let probabilities = try sure.probabilities(of: inputs)
        #expect(try sure.forecasts(of: inputs).map(\.probability) == probabilities)
        #expect(try unsure.forecasts(of: inputs).map(\.probability) == probabilities)
        #expect(try sure.forecasts(of: inputs).allSatisfy { $0.uncertainty == nil })
    }

    @Test("Without dropout every pass is the same, and the uncertainty exactly zero")
    func nothingLeftOut() throws {
        let (served, data, _) = try served("lstm", #"{"dropoutPasses":20,"shape":{"dropout":0}}"#, Self.hours)
        let forecasts = try served.forecasts(of: data.inputs(0..<9, length: served.window))
        #expect(forecasts.map(\.uncertainty) == Array(repeating: 0, count: 9))
    }

    @Test("One pass says nothing of a spread, and too many are refused", arguments: [-1, 1, 1001])
    func passes(_ number: Int) throws {
        let error = #expect(throws: TrainingError.self) {
            try SmallModels.order("lstm", #"{"dropoutPasses":\#(number)}"#)
        }
        #expect(error?.description.contains("dropoutPasses") == true)
    }

    /// How unsure a model is of hours as it has learned, and of the same with noise far beyond all that it has seen.
    @Test("Far from what was learned a model is less sure than within", arguments: [1, 2, 3])
    func far(seed: UInt64) throws {
        let order = try SmallModels.order(
            "lstm-cnn",
            #"{"dropoutPasses":50,"shape":{"dropout":0.2},"training":{"epochs":15,"learningRate":0.01,"batchSize":32}}"#
        )
        let data = planted(900, seed: seed, noise: 4, for: order)
        let served = try order.kind.model(from: order.fit(task(data, seed: seed)))
        let inputs = data.inputs(Array(data.samples.indices.suffix(60)), length: served.window)
        var distant = ModelInputs()
        let size = served.window * served.features
        for window in 0..<inputs.count {
            let values = inputs.windows[window * size..<(window + 1) * size].enumerated().map { place, value in
                (1...4).contains(place % served.features) ? value * 20 : value
            }
            distant.append(values, asOf: inputs.moments[window], instrument: inputs.instruments[window])
        }
        func mean(_ inputs: ModelInputs) throws -> Double {
            try served.forecasts(of: inputs).reduce(0) { $0 + ($1.uncertainty ?? .nan) } / Double(inputs.count)
        }
        let (near, far) = (try mean(inputs), try mean(distant))
        #expect(far > 1.5 * near, "\(near) within, \(far) far")
    }

    @Test("A forecast of which a part is no number is none")
    func unsound() {
        func isSound(_ probability: Float, _ uncertainty: Double? = nil, _ logReturn: Double = 0) -> Bool {
            let quantile = Prediction.Quantile(horizon: 1, level: 0.5, logReturn: logReturn)
            return DirectionForecast(probability: probability, uncertainty: uncertainty, quantiles: [quantile]).isSound
        }
        #expect(isSound(0) && isSound(1, 0.5, -3))
        #expect(!isSound(.nan) && !isSound(-0.1) && !isSound(1.1))
        #expect(
            !isSound(0.5, .nan) && !isSound(0.5, .infinity) && !isSound(0.5, 0, .nan) && !isSound(0.5, 0, -.infinity))
    }
}
