import Foundation
import Market
import Pipeline
import Schema
import Testing

@testable import Features

@Suite("Feature stage")
struct FeatureStageTests {
    @Test(
        "A vector comes for each closed candle once everything has warmed up, traced to it, in instrument order",
        arguments: Series.all)
    func emission(series: Series) throws {
        let batches = series.feed()
        var stage = runner()
        let found = try vectors(batches, &stage)
        var candles: [FeedPosition: Candle] = [:]
        for event in batches.flatMap(\.events) {
            if case .candle(let candle) = event.message { candles[event.position] = candle }
        }
        #expect(found.count > 1000)
        for (vector, event, watermark) in found {
            let candle = try #require(candles[event.trace])
            #expect(candle.instrument == vector.instrument && candle.timeframe == .hour1)
            #expect(candle.openTime == vector.openTime && candle.close == vector.referencePrice)
            #expect(vector.asOf == candle.closeTime && vector.asOf == watermark.time)
            #expect(event.position == watermark.position)
            #expect(vector.featureSet == standardSet.id && vector.timeframe == .hour1)
        }
        for pair in zip(found, found.dropFirst()) where pair.0.watermark == pair.1.watermark {
            #expect(pair.0.vector.instrument < pair.1.vector.instrument)
        }
        // From the first on, an instrument has a vector for every candle.
        for instrument in series.instruments {
            let first = try #require(found.first { $0.vector.instrument == instrument }).event.trace
            let expected = candles.filter {
                $0.value.instrument == instrument && $0.value.timeframe == .hour1 && $0.key >= first
            }
            #expect(found.count { $0.vector.instrument == instrument } == expected.count)
        }
    }

    @Test(
        "Each feature has its first value exactly when its declaration says, and numbers from there on, in a flat and silent market too",
        arguments: Series.short + [Series.flat(hours: 1200)])
    func warmUp(series: Series) throws {
        let batches = series.feed()
        var stage = runner(fullSet, emitsDuringWarmUp: true)
        let found = try vectors(batches, &stage)
        for instrument in series.instruments {
            let candles = candles(of: instrument, batches)
            let closes = candles.mapValues { $0.map(\.closeTime) }
            let own = found.filter { $0.vector.instrument == instrument }.map(\.vector)
            let counts = closes.mapValues { closes in
                var count = 0
                return own.map { vector in
                    while count < closes.count, closes[count] <= vector.asOf { count += 1 }
                    return count
                }
            }
            for (index, feature) in fullSet.features.enumerated() {
                let isDue = own.indices.map { row in
                    feature.warmUps.allSatisfy { need in (counts[need.timeframe]?[row] ?? 0) >= need.bars }
                }
                #expect(isDue.last == true, "\(feature.name) is never due")
                let isWrong = zip(own, isDue).first { vector, isDue in
                    let value = vector.values[index]
                    return isDue ? !value.isFinite && !(feature.mayBeMissing && value.isNaN) : !value.isNaN
                }
                #expect(
                    isWrong == nil, "\(feature.name): \(isWrong.map { "\($0.0.values[index]) at \($0.0.asOf)" } ?? "")")
            }
        }
    }

    @Test("Batches of several moments give the same bits as batches of one", arguments: Series.short, [3, 24, 10_000])
    func batching(series: Series, stepsPerBatch: Int) throws {
        var (stage, other) = (runner(fullSet, emitsDuringWarmUp: true), runner(fullSet, emitsDuringWarmUp: true))
        let expected = try vectors(series.feed(), &stage).map { Bits($0.vector) }
        let found = try vectors(series.feed(stepsPerBatch: stepsPerBatch), &other).map { Bits($0.vector) }
        #expect(expected == found)
        #expect(stage.stage.state == other.stage.state)
    }

    @Test("Streamed values are those of whole columns, of candles closed by then alone", arguments: Series.all)
    func columns(series: Series) throws {
        let batches = series.feed()
        var stage = runner(fullSet, emitsDuringWarmUp: true)
        let found = try vectors(batches, &stage)
        let markets = Dictionary(
            uniqueKeysWithValues: series.instruments.map { instrument in
                let bars = candles(of: instrument, batches).mapValues { candles in
                    var columns = CandleColumns(
                        instrument: instrument, timeframe: candles[0].timeframe, source: candles[0].source)
                    for candle in candles { columns.append(candle) }
                    return columns
                }
                let events = series.events.filter { $0.instrument == instrument || $0.instrument == nil }
                return (instrument, FeatureColumns.Market(bars: bars, events: events))
            })
        let tables = FeatureColumns.compute(fullSet, markets)
        var (compared, missing) = (0, 0)
        for instrument in series.instruments {
            let columns = try #require(tables[instrument])
            let own = found.filter { $0.vector.instrument == instrument }.map(\.vector)
            #expect(own.map(\.asOf) == columns.closeTimes)
            for (index, feature) in fullSet.features.enumerated() {
                let streamed = own.map(\.values[index])
                let failures = zip(streamed, columns.columns[index]).enumerated().filter {
                    $1.0.bitPattern != $1.1.bitPattern && !($1.0.isNaN && $1.1.isNaN)
                }
                #expect(failures.isEmpty, "\(feature.name): \(failures.prefix(2))")
                if streamed.allSatisfy(\.isNaN) { missing += 1 }
                compared += streamed.count
            }
        }
        #expect(missing == 0)
        print("\(series.name): \(compared) values of \(fullSet.count) features streamed as in columns")
    }

    private func candles(of instrument: Instrument, _ batches: [Batch]) -> [Timeframe: [Candle]] {
        var candles: [Timeframe: [Candle]] = [:]
        for event in batches.flatMap(\.events) {
            guard case .candle(let candle) = event.message, candle.instrument == instrument else { continue }
            candles[candle.timeframe, default: []].append(candle)
        }
        return candles
    }

    @Test("What comes later changes nothing that was said before", arguments: Series.short, [UInt64(1), 2])
    func truncation(series: Series, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let cut = series.steps[series.steps.count / 2 + Int(random.next() % UInt64(series.steps.count / 2))].time
        var (stage, other) = (runner(fullSet, emitsDuringWarmUp: true), runner(fullSet, emitsDuringWarmUp: true))
        let whole = try vectors(series.feed(), &stage)
        let changed = try vectors(series.changed(after: cut).feed(), &other)
        let before = whole.filter { $0.vector.asOf <= cut }.map { Bits($0.vector) }
        #expect(before.count > 100)
        #expect(before == changed.filter { $0.vector.asOf <= cut }.map { Bits($0.vector) })
        #expect(whole.map { Bits($0.vector) } != changed.map { Bits($0.vector) })
    }

    enum Encoding: CaseIterable, Sendable { case binaryPropertyList, json }

    @Test(
        "A stage restored from its encoded state goes on bit for bit, from any moment",
        arguments: Series.short, Encoding.allCases)
    func snapshot(series: Series, encoding: Encoding) throws {
        let batches = series.feed()
        var stage = runner(fullSet, emitsDuringWarmUp: true)
        var (states, whole): ([Int: FeatureStage.State], [Bits]) = ([:], [])
        let cuts = [0, 30, 700, batches.count - 1]
        for (cut, next) in zip(cuts, cuts.dropFirst() + [batches.count]) {
            states[cut] = stage.stage.state
            whole += try vectors(Array(batches[cut..<next]), &stage).map { Bits($0.vector) }
        }
        for (cut, state) in states {
            let decoded: FeatureStage.State
            switch encoding {
            case .binaryPropertyList:
                let encoder = PropertyListEncoder()
                encoder.outputFormat = .binary
                decoded = try PropertyListDecoder().decode(FeatureStage.State.self, from: encoder.encode(state))
            case .json:
                decoded = try JSONDecoder().decode(FeatureStage.State.self, from: JSONEncoder().encode(state))
            }
            #expect(decoded == state)
            var second = runner(fullSet, emitsDuringWarmUp: true)
            try second.restore(decoded)
            let after = try vectors(Array(batches[cut...]), &second).map { Bits($0.vector) }
            #expect(after == whole.suffix(after.count) && (cut > 0 || after.count == whole.count))
            #expect(second.stage.state == stage.stage.state)
        }
    }

    @Test(
        "Shards make the vectors of the whole, and put together and divided anew they go on with them",
        arguments: Series.short)
    func division(series: Series) throws {
        let batches = series.feed()
        var stage = runner(fullSet, emitsDuringWarmUp: true)
        let whole = try vectors(batches, &stage).map { Bits($0.vector) }
        var found: [Bits] = []
        var state = FeatureStage(fullSet).state
        for (part, count) in [1, 3, 2].enumerated() {
            var states: [FeatureStage.State] = []
            for index in 0..<count {
                let shard = Shard(index, of: count)
                var stage = StageRunner(
                    FeatureStage(fullSet, shard: shard, emitsDuringWarmUp: true),
                    inputs: Topology.inputs(of: Topology.featureBuilder))
                try stage.restore(FeatureStage.part(shard, of: state))
                let range = batches.count * part / 3..<batches.count * (part + 1) / 3
                let own = batches[range].map { batch in
                    Batch(events: batch.events.filter { FeatureStage.concerns($0, shard) }, watermark: batch.watermark)
                }
                found += try vectors(Array(own), &stage).map { Bits($0.vector) }
                states.append(stage.stage.state)
            }
            state = FeatureStage.whole(of: states)
        }
        #expect(found.count == whole.count && Set(found) == Set(whole))
        #expect(state == stage.stage.state)
    }

    @Test("An instrument that appears later than others takes its place in their order")
    func latecomer() throws {
        let series = Series.synthetic(seed: 3, hours: 900)
        let late = series.instruments[0]
        let steps = series.steps.enumerated().map { number, step in
            (time: step.time, rows: step.rows.filter { number >= 200 || $0.instrument != late.name })
        }
        var stage = runner()
        let found = try vectors(Series(name: "late", instruments: series.instruments, steps: steps).feed(), &stage)
        let last = found.filter { $0.watermark == found.last?.watermark }
        #expect(found.contains { $0.vector.instrument == late })
        #expect(last.count > 1 && last.map(\.vector.instrument) == last.map(\.vector.instrument).sorted())
        #expect(stage.stage.state.tracks.map(\.instrument) == series.instruments)
    }

    @Test("A copy of a stage goes its own way, and leaves the first as it was", arguments: Series.short)
    func copy(series: Series) throws {
        let batches = series.feed()
        let rest = Array(batches[(batches.count / 2)...])
        var stage = runner(fullSet, emitsDuringWarmUp: true)
        _ = try vectors(Array(batches[..<(batches.count / 2)]), &stage)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let state = stage.stage.state
        let coded = try encoder.encode(state)
        var copy = stage
        let expected = try vectors(rest, &stage).map { Bits($0.vector) }
        #expect(try encoder.encode(copy.stage.state) == coded)
        #expect(stage.stage.state != state)
        #expect(try vectors(rest, &copy).map { Bits($0.vector) } == expected)
        #expect(copy.stage.state == stage.stage.state)
    }

    @Test("A snapshot calls its parts what older builds called them, so that either goes on from the other's")
    func snapshotNames() throws {
        let feed = Series.synthetic(seed: 3, hours: 30).feed()
        var stage = runner()
        _ = try vectors(feed, &stage)
        let coded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(stage.stage.state))
        let state = try #require(coded as? [String: Any])
        #expect(Set(state.keys) == ["featureSet", "tracks", "baskets", "ready"])
        let track = try #require((state["tracks"] as? [[String: Any]])?.first)
        #expect(Set(track.keys) == ["instrument", "indicators", "values", "counts"])
    }

    @Test("A state of another feature set is refused")
    func foreignState() throws {
        let other = FeatureStage(try FeatureSet(["rsi"], primary: .hour1, higher: [.hour4, .day1]))
        var stage = FeatureStage(standardSet)
        #expect(throws: FeaturesError.featureSet(expected: standardSet.id, found: other.featureSet.id)) {
            try stage.restore(other.state)
        }
    }
}
