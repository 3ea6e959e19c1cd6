import Evaluation
import Features
import Market
import Models
import Pipeline
import Schema
import Testing

@Suite("Training history")
struct TrainingHistoryTests {
    /// What the feature stage makes of the batches.
    private func vectors(_ batches: [Batch]) throws -> [FeatureVector] {
        var runner = StageRunner(
            FeatureStage(FeatureSet.standard(primary: .hour1, higher: [.hour4])),
            inputs: Topology.inputs(of: Topology.featureBuilder))
        return try batches.flatMap { batch in
            try runner.run([batch.events], closing: batch.watermark).compactMap { event in
                guard case .features(let vector) = event.message else { return nil }
                return vector
            }
        }
    }

    private func bits(_ vectors: [FeatureVector]) -> [[UInt64]] { vectors.map { $0.values.map(\.bitPattern) } }

    @Test("Training reads the very vectors that inference receives", arguments: [1, 7])
    func sameVectors(barsPerBatch: Int) throws {
        let market = MadeMarket(seed: 7, bars: 200, barsPerBatch: barsPerBatch)
        let served = try vectors(market.batches)
        #expect(served.count > 150)
        let all = try market.history(market.request())
        #expect(bits(all.vectors) == bits(served) && all.vectors == served && !all.isComplete)
        // A range and a choice leave vectors out, and change none.
        let (from, to) = (served[40].asOf, served[124].asOf)
        let some = try market.history(market.request(from: from, to: to, instruments: [MadeMarket.bitcoin]))
        let wanted = served.filter { $0.asOf >= from && $0.asOf <= to && $0.instrument == MadeMarket.bitcoin }
        #expect(wanted.count == 43)
        #expect(bits(some.vectors) == bits(wanted) && some.vectors == wanted)
        #expect(some.isComplete && some.vectors.last?.asOf == to)
    }

    @Test("No label of a request looks past its end")
    func end() throws {
        let market = MadeMarket(seed: 8, bars: 300)
        let to = try #require(market.batches.dropLast(40).last).watermark.time
        for label in [nil, Labelling.direction(after: 5 * Timeframe.hour1.nanoseconds)] {
            let request = try market.request(to: to, label: label)
            let data = try market.history(request).dataset(for: request.order(for: "xgboost"))
            #expect(data.samples.map(\.span.end).max() == to)
        }
    }

    @Test("A dataset has each bar of each instrument whose label is known, with its own price")
    func dataset() throws {
        let market = MadeMarket(seed: 9, bars: 260)
        let request = try market.request()
        let history = try market.history(request)
        let data = history.dataset(for: try request.order(for: "xgboost"))
        #expect(data.instruments == [MadeMarket.bitcoin, MadeMarket.ether])
        #expect(data.samples.count == history.vectors.count - 2)
        let prices = Dictionary(
            uniqueKeysWithValues: history.vectors.map { ([$0.instrument.name, "\($0.asOf)"], $0.referencePrice) })
        for sample in data.samples {
            let name = data.instruments[sample.instrument].name
            let (now, next) = (prices[[name, "\(sample.span.start)"]], prices[[name, "\(sample.span.end)"]])
            #expect(try sample.answer.isUp == (#require(next) > #require(now)))
            #expect(data.candles[sample.instrument].close[sample.candle] == now)
        }
    }
}
