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

    static let spot: [Pair] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].flatMap { symbol in
        [
            Pair(
                market: "binance_spot", symbol: symbol, from: .minute30, to: .hour1, complete: 43_798, tolerance: 1e-6),
            Pair(market: "binance_spot", symbol: symbol, from: .hour1, to: .hour4, complete: 10_942, tolerance: 1e-6),
            Pair(market: "binance_spot", symbol: symbol, from: .hour4, to: .day1, complete: 1825, tolerance: 1e-6),
            Pair(market: "binance_spot", symbol: symbol, from: .hour1, to: .day1, complete: 1815, tolerance: 1e-6),
        ]
    }
    static let perpetual: [Pair] =
        ["BTCUSDT-PERP", "ETHUSDT-PERP"].flatMap { symbol in
            [
                Pair(
                    market: "binance_usdm", symbol: symbol, from: .minute5, to: .minute15, complete: 3635,
                    tolerance: 1e-12),
                Pair(
                    market: "binance_usdm", symbol: symbol, from: .minute15, to: .hour1, complete: 719, tolerance: 1e-12
                ),
                Pair(
                    market: "binance_usdm", symbol: symbol, from: .minute5, to: .hour1, complete: 719, tolerance: 1e-12),
                Pair(
                    market: "binance_usdm", symbol: symbol, from: .minute30, to: .hour1, complete: 433, tolerance: 1e-12
                ),
                Pair(
                    market: "binance_usdm", symbol: symbol, from: .minute15, to: .day1, complete: 27, tolerance: 1e-12),
            ]
        } + [
            Pair(
                market: "binance_usdm", symbol: "SOLUSDT-PERP", from: .minute5, to: .minute15, complete: 2879,
                tolerance: 1e-12),
            Pair(
                market: "binance_usdm", symbol: "SOLUSDT-PERP", from: .minute5, to: .hour1, complete: 719,
                tolerance: 1e-12),
            Pair(
                market: "binance_usdm", symbol: "ETHUSDT-PERP", from: .minute1, to: .minute30, complete: 2005,
                tolerance: 1e-12),
        ]

    @Test("Every complete candle is the exchange's own, to the last digit of its prices", arguments: spot + perpetual)
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
        for aggregate in CandleAggregator.aggregate(try series(pair.from), to: pair.to) where aggregate.isComplete {
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
    }

    @Test("Candles with holes are those of pandas", arguments: [Timeframe.hour1, .hour4, .day1])
    func golden(timeframe: Timeframe) throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let input = try candles(
            file: folder.appendingPathComponent("02_aggregation_15m_input.csv"), Instrument("binance.BTC-USDT"),
            .minute15)
        let file = folder.appendingPathComponent("02_aggregation_\(timeframe.rawValue).csv")
        let expected = try candles(file: file, Instrument("binance.BTC-USDT"), timeframe)
        let counts = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").suffix(2).compactMap { Int($0) }
        }
        let built = CandleAggregator.aggregate(input, to: timeframe)
        #expect(input.count == 3250)
        #expect(built.count == expected.count)
        for ((candle, count), aggregate) in zip(zip(expected, counts), built) {
            #expect(aggregate.candle.openTime == candle.openTime)
            #expect(aggregate.candle.open == candle.open && aggregate.candle.high == candle.high)
            #expect(aggregate.candle.low == candle.low && aggregate.candle.close == candle.close)
            #expect(abs(aggregate.candle.volume - candle.volume) <= 1e-12 * candle.volume)
            #expect([aggregate.parts, aggregate.isComplete ? 1 : 0] == count)
        }
    }

    @Test("Candles stamped by their end are the same ones, a bar later")
    func endStamped() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let ours = CandleAggregator.aggregate(
            try candles(
                file: folder.appendingPathComponent("02_aggregation_15m_input.csv"), Instrument("binance.BTC-USDT"),
                .minute15), to: .hour1)
        let stamped = try candles(
            file: folder.appendingPathComponent("02_aggregation_1h_endstamped.csv"), Instrument("binance.BTC-USDT"),
            .hour1)
        #expect(ours.map(\.candle.closeTime) == stamped.map(\.openTime))
        #expect(ours.map(\.candle.close) == stamped.map(\.close))
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
