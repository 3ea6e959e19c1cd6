import Evaluation
import Features
import Foundation
import Market
import Models
import Schema
import TestTraits
import Testing

@Suite("Validation plan", .serialized, .longWork, .timeLimit(.minutes(20)))
struct ValidationPlanTests {
    private let market = MadeMarket(seed: 21, bars: 700)

    private func plan(
        _ request: TrainingRequest, _ split: SplitScheme? = nil, of other: MadeMarket? = nil
    ) throws -> ValidationPlan {
        let data = try (other ?? market).history(request).dataset(for: request.order(for: request.model))
        return try ValidationPlan(data, split ?? .standard(for: data, isQuick: request.quick))
    }

    @Test("Everything is fitted once: the model in each fold from each seed, each baseline, and the version")
    func fits() throws {
        let plan = try plan(market.request())
        let count = plan.folds.count
        #expect(count >= 2)
        let fits = plan.fits(of: "xgboost", seeds: [1, 2])
        #expect(Set(fits).count == fits.count && fits.count == count * 3 + 1)
        #expect(fits.filter { $0.model == "xgboost" }.count == count * 2 + 1)
        #expect(fits.last == Fit(model: "xgboost", fold: Fit.version, seed: 1))
        #expect(plan.fits(of: "tft", seeds: [7]).count == count * 3 + 1)
    }

    @Test(
        "No sample that a fit learns from or stops by looks at a moment that its fold is tested by",
        arguments: [
            nil, "purged-k-fold(folds: 4, embargo: 1%)", "combinatorial-purged(groups: 4, test: 2, embargo: 1%)",
        ])
    func apart(split: String?) throws {
        let plan = try plan(
            market.request("tft"), split.map(SplitScheme.init(parsing:)), of: MadeMarket(seed: 22, bars: 1200))
        for fold in 1...plan.folds.count {
            let task = try plan.task(Fit(model: "tft", fold: fold, seed: 1), threads: 1)
            let tested = plan.splits[fold - 1].test.map { plan.data.spans[$0] }
            for sample in task.training + task.validation {
                #expect(!tested.contains { $0.overlaps(plan.data.spans[sample]) })
            }
        }
    }

    @Test("The version learns from the newest samples, over as long a time as a fold")
    func version() throws {
        let plan = try plan(market.request())
        let task = try plan.task(Fit(model: "xgboost", fold: Fit.version, seed: 1), threads: 1)
        #expect(task.validation.last == plan.data.samples.count - 1)
        let fold = try #require(plan.splits.last?.train)
        #expect(abs(task.training.count + task.validation.count - fold.count) < fold.count / 10)
        #expect(try #require(task.training.first) > fold[0])
    }

    @Test("A model's table is that of its fits' predictions, and the same wherever it is made")
    func table() throws {
        let request = try market.request()
        let plan = try plan(request)
        var (predictions, ratios): ([Fit: [Double]], [Double]) = ([:], [])
        for fit in plan.fits(of: "xgboost", seeds: request.seeds) {
            let order = try request.order(for: fit.model)
            let model = try order.kind.model(from: order.fit(plan.task(fit, threads: 1)))
            let said = try plan.predictions(of: model, in: fit)
            guard fit.fold != Fit.version else {
                #expect(said.isEmpty)
                continue
            }
            predictions[fit] = said
            let score = plan.score(said, in: fit, request.rules)
            ratios += [score.sharpe].compactMap(\.self)
            #expect(score.metrics[.accuracy] != nil)
        }
        let table = plan.table(
            of: "xgboost", seeds: request.seeds, predictions: predictions, trials: ratios, rules: request.rules)
        #expect(table.folds.count == plan.folds.count * 2 && table.trials == ratios.count)
        #expect(
            table.baselines.map(\.model) == ["last value", "majority class", "buy and hold", "logistic-regression"])
        let first = try #require(table.folds.first)
        #expect(
            first.metrics[.accuracy]
                == plan.score(
                    try #require(predictions[Fit(model: "xgboost", fold: 1, seed: 1)]),
                    in: Fit(model: "xgboost", fold: 1, seed: 1), request.rules
                ).metrics[.accuracy])
        // What a job keeps of it can be read again.
        let outcome = TrainingOutcome(
            version: "v", split: plan.scheme, label: "\(request.label)", table: table)
        let json = try JSONEncoder().encode(outcome)
        #expect(try JSONDecoder().decode(TrainingOutcome.self, from: json) == outcome)
        let keys = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any]).keys
        for key in ["model", "folds", "metric", "mean", "sd", "baselines", "trials", "version", "split", "label"] {
            #expect(keys.contains(key))
        }
    }

    @Test("Long history is walked through by days, short history by its own length")
    func standard() throws {
        func scheme(_ days: Int, isQuick: Bool) throws -> String {
            var candles = CandleColumns(instrument: MadeMarket.bitcoin, timeframe: .day1)
            for day in 0..<days {
                candles.append(
                    valuesOf: try Candle(
                        instrument: MadeMarket.bitcoin, timeframe: .day1,
                        openTime: UnixNanos(seconds: Int64(day) * 86_400),
                        open: 1, high: 1, low: 1, close: 1, volume: 1, source: .file))
            }
            let set = FeatureSet.standard(primary: .day1, higher: [])
            let vectors = candles.openTimes.map { time in
                FeatureVector(
                    instrument: MadeMarket.bitcoin, timeframe: .day1, openTime: time,
                    asOf: time.advanced(by: Timeframe.day1.nanoseconds), featureSet: set.id, referencePrice: 1,
                    volatility: 1, values: Array(repeating: 0, count: set.count))
            }
            let data = Dataset(
                candles: [candles], vectors: vectors, featureSet: set,
                labelling: .direction(after: Timeframe.day1.nanoseconds))
            return "\(try SplitScheme.standard(for: data, isQuick: isQuick))"
        }
        #expect(try scheme(730, isQuick: false) == "walk-forward(train: 252d, test: 30d, embargo: 1d)")
        #expect(try scheme(730, isQuick: true) == "walk-forward(train: 252d, test: 30d, step: 120d, embargo: 1d)")
        #expect(try scheme(101, isQuick: false) == "walk-forward(train: 50d, test: 10d, embargo: 1d)")
        #expect(try scheme(101, isQuick: true) == "walk-forward(train: 50d, test: 10d, step: 20d, embargo: 1d)")
        #expect(throws: EvaluationError.self) { try scheme(1, isQuick: false) }
    }
}
