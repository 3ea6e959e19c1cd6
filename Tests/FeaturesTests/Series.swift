import Features
import Foundation
import Market
import Pipeline
import Schema
import TestKit
import Testing

/// A series of hourly rows of several instruments, in steps of time.
struct Series: Sendable, CustomTestStringConvertible {
    let name: String
    let instruments: [Instrument]
    /// One step an hour: its close time, and the rows that are there.
    let steps: [(time: UnixNanos, rows: [CandleRow])]
    /// What happens between the rows: made up, from a third of the series on.
    var events: [MarketEvent] = []
    var testDescription: String { name }

    /// A made-up series with holes and silent hours, and the recorded one where there is one.
    static let all: [Series] = [synthetic(seed: 42)] + recorded

    /// The same, long enough that every feature is there for a while.
    static let short: [Series] = all.map { series in
        let steps = Array(series.steps.prefix(1150))
        let end = steps[steps.count - 1].time
        return Series(
            name: series.name, instruments: Array(series.instruments.prefix(2)),
            steps: steps.map { step in
                (
                    step.time,
                    step.rows.filter { row in series.instruments.prefix(2).contains { $0.name == row.instrument } }
                )
            },
            events: series.events.filter { event in
                event.visibleFrom <= end
                    && event.instrument.map { series.instruments.prefix(2).contains($0) } ?? true
            })
    }

    static func synthetic(seed: UInt64, hours: Int = 1500) -> Series {
        var random = SplitMix64(seed: seed)
        func unit() -> Double { Double(random.next() >> 11) / Double(1 << 53) }
        let instruments = ["AAA", "BBB", "CCC"].map { Instrument("test.\($0)-USD") }
        var prices = [100.0, 2000, 0.05]
        var steps: [(UnixNanos, [CandleRow])] = []
        let start = UnixNanos(iso8601: "2024-02-28T05:00")!.milliseconds
        for hour in 0..<hours {
            var rows: [CandleRow] = []
            for (index, instrument) in instruments.enumerated() {
                let open = prices[index]
                let close = open * (1 + (unit() + unit() + unit() - 1.5) * 0.02)
                prices[index] = close
                if unit() < 0.01 { continue }
                rows.append(
                    CandleRow(
                        instrument: instrument.name, timeframe: .hour1,
                        openMilliseconds: start + Int64(hour) * 3_600_000, open: open,
                        high: max(open, close) * (1 + unit() * 0.005), low: min(open, close) * (1 - unit() * 0.005),
                        close: close, volume: unit() < 0.01 ? 0 : unit() * 1000, source: .synthetic))
            }
            steps.append((UnixNanos(milliseconds: start + Int64(hour + 1) * 3_600_000), rows))
        }
        return Series(
            name: "synthetic", instruments: instruments, steps: steps,
            events: MarketEvents.made(for: instruments, steps: steps, seed: seed))
    }

    /// Prices that never move, without any volume.
    static func flat(hours: Int) -> Series {
        let instrument = Instrument("test.FLAT-USD")
        let steps = (0..<hours).map { hour in
            let row = CandleRow(
                instrument: instrument.name, timeframe: .hour1, openMilliseconds: Int64(hour) * 3_600_000, open: 7.1,
                high: 7.1, low: 7.1, close: 7.1, volume: 0, source: .synthetic)
            return (UnixNanos(milliseconds: Int64(hour + 1) * 3_600_000), [row])
        }
        return Series(name: "flat", instruments: [instrument], steps: steps)
    }

    private static let recorded: [Series] = {
        guard let folder = SharedData.folder?.appendingPathComponent("data") else { return [] }
        let instruments = ["BTC", "ETH", "SOL"].map { Instrument("binance.\($0)-USDT") }
        // Around the outages of 2021.
        let from = UnixNanos(iso8601: "2021-02-01")!
        var steps: [(UnixNanos, [CandleRow])] = []
        do {
            var candles = try RecordedFolder(folder.path).candles(
                of: instruments, timeframe: .hour1, from: from, to: from.advanced(by: 70 * Timeframe.day1.nanoseconds))
            while let step = try candles.next() { steps.append((step.closeTime, step.rows)) }
        } catch {
            Issue.record(error)
        }
        let events = MarketEvents.made(for: instruments, steps: steps, seed: 7)
        return [Series(name: "recorded", instruments: instruments, steps: steps, events: events)]
    }()

    /// The feed of the series: one batch a step, or one of several steps.
    func feed(stepsPerBatch: Int = 1) -> [Batch] {
        var builder = FeedBuilder(.init(instruments: instruments, base: .hour1, higher: [.hour4, .day1]))
        var batches: [Batch] = []
        for (index, step) in steps.enumerated() {
            builder.accept(step.rows)
            if (index + 1) % stepsPerBatch == 0 || index + 1 == steps.count {
                batches.append(builder.closeBatch(at: step.time))
            }
        }
        return MarketEvents.place(events, into: batches)
    }

    /// The same series whose rows that close after `time` are other ones.
    func changed(after time: UnixNanos) -> Series {
        let steps = steps.map { step in
            guard step.time > time else { return step }
            return (
                step.time,
                step.rows.map { row in
                    CandleRow(
                        instrument: row.instrument, timeframe: row.timeframe, openMilliseconds: row.openMilliseconds,
                        open: row.open * 3, high: row.high * 4, low: row.low * 2, close: row.close * 3,
                        volume: row.volume * 5 + 1, source: row.source)
                }
            )
        }
        let events = events.map { $0.visibleFrom > time ? MarketEvents.changed($0) : $0 }
        return Series(name: name, instruments: instruments, steps: steps, events: events)
    }
}

let standardSet = FeatureSet.standard(primary: .hour1, higher: [.hour4, .day1])

/// Every feature that there is.
let fullSet = FeatureSet.full(primary: .hour1, higher: [.hour4])

/// What a stage emits for batches.
func vectors(
    _ batches: [Batch], _ runner: inout StageRunner<FeatureStage>
) throws -> [(vector: FeatureVector, event: Event, watermark: Watermark)] {
    var result: [(FeatureVector, Event, Watermark)] = []
    for batch in batches {
        for event in try runner.run([batch.events], closing: batch.watermark) {
            guard case .features(let vector) = event.message else { continue }
            result.append((vector, event, batch.watermark))
        }
    }
    return result
}

func runner(_ set: FeatureSet = standardSet, emitsDuringWarmUp: Bool = false) -> StageRunner<FeatureStage> {
    StageRunner(
        FeatureStage(set, emitsDuringWarmUp: emitsDuringWarmUp), inputs: Topology.inputs(of: Topology.featureBuilder))
}

/// A vector with its numbers as bits, so that equal means equal to the last one.
struct Bits: Hashable {
    let instrument: Instrument
    let openTime: UnixNanos
    let values: [UInt64]

    init(_ vector: FeatureVector) {
        instrument = vector.instrument
        openTime = vector.openTime
        values = (vector.values + [vector.referencePrice, vector.volatility]).map(\.bitPattern)
    }
}
