import Features
import Foundation
import Market
import Pipeline
import Schema

/// Indicators over a million one-minute bars, and vectors bar by bar.
enum FeatureBenchmarks {
    static let all: [Benchmark] = [
        Benchmark("indicators") {
            let file = try MarketBenchmarks.file(bars: 1_000_000)
            defer { try? FileManager.default.removeItem(atPath: file) }
            let columns = try MarketBenchmarks.columns(of: file)
            var rounds: [(ours: Double, peer: Double)] = []
            for _ in 0..<5 {
                let ours = try milliseconds(over: columns)
                guard let peer = try PythonPeer("talib_indicators.py").run([file]) else {
                    return [Measurement("indicators", ours: ours, unit: "ms")]
                }
                rounds.append((ours, peer))
            }
            return [
                Measurement(
                    "indicators", rounds: rounds, of: "TA-Lib in C, the same 25 calls one after the other", unit: "ms")
            ]
        },
        Benchmark("features") {
            let set = FeatureSet.standard(primary: .minute1, higher: [.minute15, .hour1])
            let seconds = try MarketBenchmarks.fastest { try vectors(of: set) } / 1000
            return [
                Measurement("features.per-feature", ours: seconds * 1e9 / Double(bars * set.count), unit: "ns"),
                Measurement("features.per-vector", ours: seconds * 1e9 / Double(bars), unit: "ns"),
            ]
        },
    ]

    /// The lines that TA-Lib's functions of these names give.
    private static let indicators: [(name: String, lines: Range<Int>)] = [
        ("sma_20", 0..<1), ("ema_20", 0..<1), ("wma_20", 0..<1), ("dema_20", 0..<1), ("tema_20", 0..<1),
        ("rsi_14", 0..<1),
        ("macd_12_26_9", 0..<3), ("bollinger-upper_20_2", 0..<3), ("atr_14", 0..<1), ("adx_14", 3..<4),
        ("cci_20", 0..<1),
        ("stochastic-k_14_3_3", 0..<2), ("stochastic-rsi_14_14_3_1", 0..<2), ("mfi_14", 0..<1), ("obv", 0..<1),
        ("accumulation", 0..<1), ("williams-r_14", 0..<1), ("roc_10", 1..<2), ("sar_0.02_0.2", 0..<1),
        ("kama_10", 0..<1),
        ("trix_15", 0..<1), ("aroon-up_14", 0..<2), ("ultimate-oscillator_7_14_28", 0..<1), ("natr_14", 1..<2),
        ("price-change_10", 2..<3),
    ]

    /// The sum of the indicators' times, of each the fastest of seven runs.
    private static func milliseconds(over columns: CandleColumns) throws -> Double {
        try indicators.reduce(0) { sum, call in
            let indicator = try FeatureCatalogue.indicator(named: "\(call.name)@1m")
            return try sum
                + MarketBenchmarks.fastest {
                    let result = indicator.columns(of: columns, lines: call.lines)
                    guard result[call.lines.lowerBound].last?.isFinite == true else {
                        throw BenchmarkFailure(call.name)
                    }
                }
        }
    }

    private static let bars = 100_000

    /// Runs the stage over one instrument's feed, a batch for each bar.
    private static func vectors(of set: FeatureSet) throws {
        var runner = StageRunner(FeatureStage(set), inputs: Topology.inputs(of: Topology.featureBuilder))
        var made = 0
        for batch in batches { made += try runner.run([batch.events], closing: batch.watermark).count }
        guard made > bars * 9 / 10 else { throw BenchmarkFailure("\(made) vectors were made") }
    }

    private static let batches: [Batch] = {
        var random = SplitMix64(seed: 3)
        let instrument = Instrument("binance.BTC-USDT")
        var builder = FeedBuilder(.init(instruments: [instrument], base: .minute1, higher: [.minute15, .hour1]))
        var price = 30_000.0
        return (0..<bars).map { index in
            let open = price
            price *= 1 + Double.random(in: -0.0015...0.0015, using: &random)
            let row = CandleRow(
                instrument: instrument.name, timeframe: .minute1, openMilliseconds: Int64(index) * 60_000, open: open,
                high: max(open, price) + Double.random(in: 0...9, using: &random),
                low: min(open, price) - Double.random(in: 0...9, using: &random), close: price,
                volume: Double.random(in: 0...60, using: &random), source: .synthetic)
            builder.accept([row])
            return builder.closeBatch(at: UnixNanos(seconds: Int64(index + 1) * 60))
        }
    }()
}
