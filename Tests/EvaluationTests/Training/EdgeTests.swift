import Evaluation
import Features
import Foundation
import Market
import Models
import Pipeline
import Schema
import TestTraits
import Testing

/// Whole trainings on markets whose truth is known.
@Suite("Planted edge and null", .serialized, .longWork, .timeLimit(.minutes(20)))
struct EdgeTests {
    private static let bitcoin = MadeMarket.bitcoin
    /// How often a direction goes on where something can be learned: the best that any model can do.
    private static let best = 0.75

    static let models = ["tft", "lstm-cnn", "multi-timeframe", "transformer", "xgboost", "logistic-regression"]
    /// Small enough for many fits.
    private static let settings = [
        "tft":
            #"{"window":6,"horizon":2,"shape":{"width":16,"heads":2,"dropout":0},"training":{"epochs":20,"learningRate":0.004,"batchSize":64,"patience":20}}"#,
        "lstm-cnn":
            #"{"window":6,"shape":{"channels":[8],"hidden":8,"layers":1,"fusion":8,"dropout":0},"training":{"epochs":12,"learningRate":0.01}}"#,
        "multi-timeframe":
            #"{"window":16,"shape":{"hidden":8,"heads":2,"fusion":8,"dropout":0},"training":{"epochs":12,"learningRate":0.01}}"#,
        "transformer":
            #"{"window":6,"shape":{"width":8,"heads":2,"layers":1,"feedForward":16,"dropout":0},"training":{"epochs":12,"learningRate":0.01}}"#,
        "xgboost": #"{"rounds":60}"#,
        "logistic-regression": "{}",
    ]

    /// Hours that close 1 % up or down: as the hour before with probability `goesOn`.
    private func history(_ request: TrainingRequest, goesOn: Double, hours: Int, seed: UInt64) throws -> TrainingHistory
    {
        var random = SplitMix64(seed: seed)
        var builder = FeedBuilder(
            FeedBuilder.Settings(instruments: [Self.bitcoin], base: .hour1, higher: [.hour4]))
        var history = try TrainingHistory(request)
        var (price, wasUp) = (1000.0, true)
        for hour in 0..<hours {
            let open = UnixNanos(seconds: 1_672_531_200 + Int64(hour) * 3600)
            let isUp = Double(random.next() >> 11) * 0x1p-53 < goesOn ? wasUp : !wasUp
            let close = price * (isUp ? 1.01 : 1 / 1.01)
            builder.accept([
                CandleRow(
                    try Candle(
                        instrument: Self.bitcoin, timeframe: .hour1, openTime: open, open: price,
                        high: max(price, close), low: min(price, close), close: close, volume: 1, source: .file))
            ])
            let batch = builder.closeBatch(at: open.advanced(by: Timeframe.hour1.nanoseconds))
            try history.take(batch.events, closing: batch.watermark)
            (price, wasUp) = (close, isUp)
        }
        return history
    }

    private func request(_ model: String, seeds: [UInt64], shuffle: UInt64? = nil) throws -> TrainingRequest {
        try TrainingRequest(
            model: model, settings: #require(Self.settings[model]), seeds: seeds, instruments: [Self.bitcoin],
            timeframe: .hour1, higher: [.hour4], features: FeatureSettings(text: "momentum_1,rsi_14,close-in-range"),
            split: SplitScheme(parsing: "walk-forward(train: 1000, test: 300, embargo: 24)"), shuffle: shuffle)
    }

    /// The honest table of a training as trainers would make it.
    private func table(_ request: TrainingRequest, _ history: TrainingHistory) throws -> HonestTable {
        let plan = try ValidationPlan(history.dataset(for: request.order(for: request.model)), #require(request.split))
        var (predictions, ratios): ([Fit: [Double]], [Double]) = ([:], [])
        for fit in plan.fits(of: request.model, seeds: request.seeds) where fit.fold != Fit.version {
            let order = try request.order(for: fit.model)
            let model = try order.kind.model(from: order.fit(plan.task(fit, threads: 1)))
            let said = try plan.predictions(of: model, in: fit)
            predictions[fit] = said
            ratios += [plan.score(said, in: fit, request.rules).sharpe].compactMap(\.self)
        }
        return plan.table(
            of: request.model, seeds: request.seeds, predictions: predictions, trials: ratios, rules: request.rules)
    }

    @Test(
        "A planted edge is found to nine tenths of what can be known, and outlives costs and counting",
        arguments: models)
    func edge(model: String) throws {
        let request = try request(model, seeds: [1])
        let table = try table(request, history(request, goesOn: Self.best, hours: 1700, seed: 1))
        let accuracy = try #require(table.accuracy)
        // Nobody can know more than that the last direction goes on, which is one of the baselines.
        let best = try #require(table.baselines.first { $0.model == "last value" }?.mean)
        #expect(abs(best - Self.best) < 0.05)
        #expect(accuracy >= 0.9 * best, "\(model): \(accuracy) of \(best)")
        #expect(accuracy > table.chance.upper)
        #expect(try #require(table.deflatedSharpe) > 0.95)
    }

    @Test("On a random walk no model is told from chance, and what it earns is told to be luck", arguments: models)
    func randomWalk(model: String) throws {
        let request = try request(model, seeds: [1, 2])
        let table = try table(request, history(request, goesOn: 0.5, hours: 1700, seed: 2))
        let accuracy = try #require(table.accuracy)
        #expect(accuracy >= table.chance.lower && accuracy <= table.chance.upper, "\(model): \(accuracy)")
        #expect((table.deflatedSharpe ?? 0) < 0.95)
        #expect(table.verdict == .indistinguishable)
    }

    @Test("On shuffled answers the planted edge is gone", arguments: models)
    func shuffled(model: String) throws {
        let request = try request(model, seeds: [1, 2], shuffle: 7)
        let table = try table(request, history(request, goesOn: Self.best, hours: 1700, seed: 1))
        let accuracy = try #require(table.accuracy)
        #expect(accuracy >= table.chance.lower && accuracy <= table.chance.upper, "\(model): \(accuracy)")
        #expect(table.verdict == .indistinguishable)
    }

    @Test("Shuffled answers are the same ones, dealt to other samples, by the seed alone")
    func dealt() throws {
        func data(_ shuffle: UInt64?) throws -> Dataset {
            let request = try request("xgboost", seeds: [1], shuffle: shuffle)
            return try history(request, goesOn: Self.best, hours: 400, seed: 3).dataset(
                for: request.order(for: "xgboost"))
        }
        let (plain, first, again, other) = (try data(nil), try data(1), try data(1), try data(2))
        #expect(first.samples == again.samples && first.samples != other.samples && first.samples != plain.samples)
        #expect(first.samples.count { $0.answer.isUp } == plain.samples.count { $0.answer.isUp })
        #expect(first.samples.map(\.row) == plain.samples.map(\.row) && first.rows == plain.rows)
    }
}
