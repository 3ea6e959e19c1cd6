import Foundation
import Market
import Pipeline
import Schema
import Testing

@testable import Features

@Suite("Headline sentiment")
struct HeadlineSentimentTests {
    private static let texts = ["great gains", "terrible crash", "bitcoin", "not good", "GREAT gains!"]

    private func headline(_ text: String, hour: Int = 0) throws -> MarketEvent {
        let time = UnixNanos(seconds: 1_700_000_000).advanced(by: Int64(hour) * Timeframe.hour1.nanoseconds)
        return .headline(try Headline(source: "test", text: text, time: time, knownAt: time))
    }

    private func bar(_ hour: Int) -> Bar {
        Bar(
            openTime: UnixNanos(seconds: Int64(hour) * 3600), open: 1, high: 1, low: 1, close: 1, volume: 1)
    }

    @Test("Each headline of the window has the weight of its bar, and the first bar has none", arguments: [1, 3, 7])
    func lines(length: Int) throws {
        var random = SplitMix64(seed: UInt64(length))
        var indicator = HeadlineSentiment(length: length)
        var scores: [[Double]] = []
        var sentiments: [Double] = []
        for hour in 0..<60 {
            // Some bars, and some windows, have none.
            let texts =
                hour / 10 % 2 == 0 ? (0..<random.next() % 4).map { _ in Self.texts[Int(random.next() % 5)] } : []
            for text in texts { indicator.observe(try headline(text)) }
            scores.append(texts.map { SentimentScorer.vader.scores(of: $0).compound })
            let lines = indicator.update(bar(hour))
            guard hour >= length else {
                #expect(lines.sentiment.isNaN && lines.change.isNaN && lines.count.isNaN)
                continue
            }
            let window = scores.suffix(length)
            let weights = zip(window, 1...).flatMap { scores, weight in scores.map { _ in Double(weight) } }
            let sum = zip(window.joined(), weights).map { $0 * $1 }.reduce(0, +)
            let expected = weights.isEmpty ? 0 : sum / weights.reduce(0, +)
            #expect(abs(lines.sentiment - expected) < 1e-12)
            sentiments.append(lines.sentiment)
            if sentiments.count > length {
                #expect(lines.change == lines.sentiment - sentiments[sentiments.count - 1 - length])
            } else {
                #expect(lines.change.isNaN)
            }
            let mean = Double(weights.count) / Double(length)
            let count = mean > 0 ? log1p(Double(texts.count) / mean) : 0
            #expect(abs(lines.count - count) < 1e-12)
        }
        #expect(sentiments.contains(0) && sentiments.contains { $0 > 0.3 } && sentiments.contains { $0 < -0.3 })
        #expect(indicator.warmUp(ofLine: 0) == length + 1 && indicator.warmUp(ofLine: 1) == 2 * length + 1)
    }

    @Test("An instrument that appears later than others has their values once it has warmed up")
    func latecomer() throws {
        let series = Series.synthetic(seed: 5, hours: 400)
        let late = series.instruments[0]
        let rows = series.steps.enumerated().map { hour, step in
            let template = step.rows[0]
            let rows = series.instruments.filter { $0 != late || hour >= 300 }.map { instrument in
                CandleRow(
                    instrument: instrument.name, timeframe: .hour1, openMilliseconds: template.openMilliseconds,
                    open: 1, high: 1, low: 1, close: 1, volume: 1, source: .synthetic)
            }
            return (time: step.time, rows: rows)
        }
        let whole = Series(name: "late", instruments: series.instruments, steps: rows, events: series.events)
        let set = try FeatureSet(
            ["sentiment", "sentiment-change", "headline-count"], primary: .hour1, higher: [])
        let batches = whole.feed()
        var stage = runner(set, emitsDuringWarmUp: true)
        let found = try vectors(batches.map(withoutTrades), &stage).map(\.vector)
        let early = found.filter { $0.instrument == series.instruments[1] }
        let own = found.filter { $0.instrument == late }
        #expect(early.count == 400 && own.count == 100)
        for (place, feature) in set.features.enumerated() {
            for (index, pair) in zip(own, early.suffix(100)).enumerated() {
                if index + 1 < feature.warmUp(of: .hour1) {
                    #expect(pair.0.values[place].isNaN)
                } else {
                    #expect(pair.0.values[place] == pair.1.values[place], "\(feature.name), bar \(index)")
                }
            }
            #expect(Set(early.suffix(50).map { $0.values[place] }).count > 10)
        }
    }

    /// Leaves out what would make the stage know the instrument before its first candle.
    private func withoutTrades(_ batch: Batch) -> Batch {
        Batch(
            events: batch.events.filter { event in
                guard let seen = MarketEvent(event.message) else { return true }
                return seen.instrument == nil
            }, watermark: batch.watermark)
    }

    @Test("Texts that Unicode alone calls equal are told apart")
    func equalTexts() throws {
        // The Greek question mark is equal to a semicolon, but no part of a smile.
        for texts in [["\u{3B})", "\u{37E})"], ["\u{37E})", "\u{3B})"]] {
            let values = try texts.map { text in
                var indicator = HeadlineSentiment(length: 1)
                _ = indicator.update(bar(0))
                indicator.observe(try headline(text))
                return indicator.update(bar(1)).sentiment
            }
            #expect(values.contains(0) && values.contains { $0 > 0 })
        }
    }
}
