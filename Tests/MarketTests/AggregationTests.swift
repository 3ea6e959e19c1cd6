import Foundation
import Market
import Schema
import TestKit
import Testing

@Suite("Aggregation of candles", .enabled(if: SharedData.folder != nil || SharedData.required))
struct AggregationTests {
    /// A published pair of series of the data set, and how many complete candles its description counts.
    struct Pair: Sendable, CustomTestStringConvertible {
        let market: String
        let symbol: String
        let from: Timeframe
        let to: Timeframe
        let complete: Int
        let tolerance: Double
        var testDescription: String { "\(market)/\(symbol) \(from.rawValue) to \(to.rawValue)" }
    }

    /// Pairs of one symbol, with the counts that the data set's description gives.
    static func pairs(
        _ market: String, _ symbol: String, _ tolerance: Double, _ counts: [(Timeframe, Timeframe, Int)]
    ) -> [Pair] {
        counts.map { from, to, complete in
            Pair(market: market, symbol: symbol, from: from, to: to, complete: complete, tolerance: tolerance)
        }
    }

    static let spot = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].flatMap { symbol in
        pairs(
            "binance_spot", symbol, 1e-6,
            [
                (.minute30, .hour1, 43_798), (.hour1, .hour4, 10_942), (.hour4, .day1, 1825), (.hour1, .day1, 1815),
            ])
    }
    // Three minutes are no timeframe of ours, so the description's 3m to 15m is not here.
    static let perpetual =
        ["BTCUSDT-PERP", "ETHUSDT-PERP"].flatMap { symbol in
            pairs(
                "binance_usdm", symbol, 1e-12,
                [
                    (.minute5, .minute15, 3635), (.minute5, .minute30, 1245), (.minute5, .hour1, 719),
                    (.minute15, .hour1, 719), (.minute30, .hour1, 433), (.minute30, .day1, 27), (.minute15, .day1, 27),
                ])
        }
        + pairs(
            "binance_usdm", "SOLUSDT-PERP", 1e-12,
            [(.minute5, .minute15, 2879), (.minute5, .hour1, 719), (.minute15, .day1, 21)])
        + pairs("binance_usdm", "ETHUSDT-PERP", 1e-12, [(.minute1, .minute30, 2005)])
    static let illiquid = pairs("binance_spot_gpl", "XRPETH", 1e-12, [(.minute1, .minute5, 151)])

    @Test(
        "Every complete candle is the exchange's own, to the last digit of its prices",
        arguments: spot + perpetual + illiquid)
    func published(pair: Pair) throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("data/ohlcv/\(pair.market)")
        let instrument = Instrument("binance.TEST-USDT")
        func series(_ timeframe: Timeframe) throws -> [Candle] {
            try candles(
                file: folder.appendingPathComponent("\(pair.symbol)_\(timeframe.rawValue).csv.gz"), instrument,
                timeframe)
        }
        let published = Dictionary(uniqueKeysWithValues: try series(pair.to).map { ($0.openTime, $0) })
        var compared = 0
        var different: [UnixNanos] = []
        let parts = try series(pair.from)
        let aggregates = CandleAggregator.aggregate(parts, to: pair.to)
        expectColumns(of: parts, are: aggregates, pair.to)
        for aggregate in aggregates where aggregate.isComplete {
            let built = aggregate.candle
            guard let candle = published[built.openTime] else { continue }
            compared += 1
            let isEqual =
                built.open == candle.open && built.high == candle.high && built.low == candle.low
                && built.close == candle.close
                && abs(built.volume - candle.volume) <= pair.tolerance * candle.volume
            if !isEqual { different.append(built.openTime) }
        }
        #expect(different == [])
        #expect(compared == pair.complete)
        print("\(pair.testDescription): \(compared) complete candles, \(different.count) different")
    }

    /// The batch form gives the same bits as the streaming one.
    private func expectColumns(
        of parts: [Candle], are aggregates: [CandleAggregator.Aggregate], _ timeframe: Timeframe
    ) {
        var columns = CandleColumns(instrument: parts[0].instrument, timeframe: parts[0].timeframe)
        for part in parts { columns.append(part) }
        let built = columns.aggregated(to: timeframe)
        #expect((0..<built.candles.count).map { built.candles[$0] } == aggregates.map(\.candle))
        #expect(built.parts == aggregates.map(\.parts))
        #expect(built.parts.indices.map(built.isComplete) == aggregates.map(\.isComplete))
    }

    /// A golden table of pandas: candles, and of each how many parts it has and whether that is all.
    private func goldenTable(_ name: String, _ timeframe: Timeframe) throws -> [(candle: Candle, counts: [Int])] {
        let file = try #require(SharedData.folder).appendingPathComponent("golden/02_aggregation_\(name).csv")
        let counts = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").suffix(2).compactMap { Int($0) }
        }
        let rows = try candles(file: file, Instrument("binance.BTC-USDT"), timeframe)
        #expect(rows.count == counts.count)
        return zip(rows, counts).map { (candle: $0, counts: $1) }
    }

    private func goldenInput() throws -> [Candle] {
        let file = try #require(SharedData.folder).appendingPathComponent("golden/02_aggregation_15m_input.csv")
        return try candles(file: file, Instrument("binance.BTC-USDT"), .minute15)
    }

    @Test("Candles with holes are those of pandas", arguments: [Timeframe.hour1, .hour4, .day1])
    func golden(timeframe: Timeframe) throws {
        let (input, expected) = (try goldenInput(), try goldenTable(timeframe.rawValue, timeframe))
        let built = CandleAggregator.aggregate(input, to: timeframe)
        #expect(input.count == 3250)
        #expect(built.count == expected.count)
        for (row, aggregate) in zip(expected, built) {
            #expect(aggregate.candle.openTime == row.candle.openTime)
            expectNumbers(of: aggregate, row)
        }
        expectColumns(of: input, are: built, timeframe)
    }

    /// We stamp a candle with its open, as exchanges do: pandas' `label="right", closed="right"` over parts stamped by
    /// their ends names the same candles by their ``Candle/closeTime``.
    @Test("Candles stamped by their end are the same ones, a bar later, in every column")
    func endStamped() throws {
        let ours = CandleAggregator.aggregate(try goldenInput(), to: .hour1)
        let stamped = try goldenTable("1h_endstamped", .hour1)
        #expect(ours.count == stamped.count)
        for (row, aggregate) in zip(stamped, ours) {
            #expect(aggregate.candle.closeTime == row.candle.openTime)
            expectNumbers(of: aggregate, row)
        }
    }

    private func expectNumbers(of aggregate: CandleAggregator.Aggregate, _ row: (candle: Candle, counts: [Int])) {
        let (built, candle) = (aggregate.candle, row.candle)
        #expect(built.open == candle.open && built.high == candle.high)
        #expect(built.low == candle.low && built.close == candle.close)
        #expect(abs(built.volume - candle.volume) <= 1e-12 * candle.volume)
        #expect([aggregate.parts, aggregate.isComplete ? 1 : 0] == row.counts)
    }

    @Test(
        "Columns with any holes aggregate to the bits of one candle after the other", arguments: [1, 2, 3] as [UInt64])
    func batchIsStreaming(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parts: [Candle] = []
        var start = Int64(random.next() % 100)
        for _ in 0..<5000 {
            start += random.next() % 10 == 0 ? Int64(random.next() % 400) + 1 : 1
            let price = Double(random.next() % 1000 + 100) / 7
            parts.append(
                try Candle(
                    instrument: Instrument("binance.BTC-USDT"), timeframe: .minute1,
                    openTime: UnixNanos(seconds: start * 60), open: price, high: price + 1, low: price - 1,
                    close: price, volume: random.next() % 50 == 0 ? .greatestFiniteMagnitude : price / 3, source: .file
                ))
        }
        for longer in Timeframe.allCases where longer > .minute1 {
            expectColumns(of: parts, are: CandleAggregator.aggregate(parts, to: longer), longer)
        }
    }
}

@Suite("The aggregator's state")
struct AggregatorStateTests {
    @Test("A candle ends when its time is over, not when its last part comes")
    func endsByTime() throws {
        var aggregator = CandleAggregator(instrument: Instrument("binance.BTC-USDT"), timeframe: .hour4)
        let nothing = aggregator.finish(at: hour(4))
        #expect(nothing == nil)
        for start in [1, 2] {
            aggregator.add(
                try Candle(
                    instrument: Instrument("binance.BTC-USDT"), timeframe: .hour1, openTime: hour(start),
                    open: Double(start), high: 9, low: 1, close: Double(start) + 0.5, volume: 0.1))
        }
        #expect(aggregator.end == hour(4))
        let early = aggregator.finish(at: hour(3))
        #expect(early == nil)
        let finished = aggregator.finish(at: hour(4))
        let aggregate = try #require(finished)
        #expect(aggregate.parts == 2 && !aggregate.isComplete)
        #expect(aggregate.candle.open == 1 && aggregate.candle.close == 2.5 && aggregate.candle.volume == 0.2)
        #expect(aggregate.candle.openTime == hour(0) && aggregate.candle.source == .aggregated)
        #expect(aggregator.end == nil)
    }
}
