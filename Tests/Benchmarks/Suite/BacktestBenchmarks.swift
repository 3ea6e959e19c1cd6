import Foundation
import Market
import Pipeline
import Schema
import Trading

/// The trading stages in one process.
enum BacktestBenchmarks {
    static let all: [Benchmark] = [
        Benchmark("backtest.ema-cross") {
            let bars = try Self.bars(1_000_000)
            let peer = try PythonPeer("ema_cross.py").run(over: bars.map(Self.close(of:)))
            let ours = Measurement.median(try (0..<5).map { _ in try Self.barsPerSecond(bars) })
            let name = "backtest.ema-cross"
            guard let peer else { return [Measurement(name, ours: ours, unit: "bars/s")] }
            return [
                Measurement(
                    name, ours: ours, peer: peer, of: "vectorbt, whole columns and no rules of risk", unit: "bars/s")
            ]
        }
    ]

    private static func barsPerSecond(_ bars: [Batch]) throws -> Double {
        // Limits that losses do not reach, so that it trades to the last bar: a gate that has closed has less to do.
        var pipeline = LocalPipeline(
            FeedChain()
                .adding(Topology.inferenceServer, CrossoverStage(), inputs: [Topology.Input(Topology.ingestor)])
                .adding(Topology.executor, ExecutionStage())
                .adding(Topology.riskGate, RiskStage(RiskSettings(dailyLoss: 1, drawdown: 1))))
        var (fills, last): (Int, [Event]) = (0, [])
        let seconds = try Stopwatch.seconds {
            fills = try Self.fills(of: bars.dropLast(), in: &pipeline)
            try pipeline.run(bars[bars.count - 1]) { last += $1 }
        }
        guard fills > bars.count / 50, Self.equity(in: last).map({ $0 != Decimal12(100_000) }) ?? false else {
            throw BenchmarkFailure("\(fills) fills, and no books")
        }
        return Double(bars.count) / seconds
    }

    /// Runs the bars and counts the fills; a function of its own, so that counting costs no access to captured variables.
    private static func fills(
        of bars: ArraySlice<Batch>, in pipeline: inout LocalPipeline<some StageChain>
    ) throws -> Int {
        var fills = 0
        for bar in bars {
            try pipeline.run(bar) { _, output in
                for index in output.indices {
                    if case .fill = output[index].message { fills += 1 }
                }
            }
        }
        return fills
    }

    /// The last equity in the books.
    private static func equity(in events: [Event]) -> Decimal12? {
        for case .account(let books) in events.reversed().map(\.message) { return books.equity }
        return nil
    }

    private static func close(of bar: Batch) -> Double {
        if case .candle(let candle) = bar.events[0].message { candle.close } else { .nan }
    }

    /// One-minute bars of a random walk, a batch each.
    private static func bars(_ count: Int) throws -> [Batch] {
        let instrument = Instrument("binance.BTC-USDT")
        var random = SplitMix64(seed: 7)
        var price = 30_000.0
        return try (0..<count).map { index in
            let open = price
            price *= 1 + Double.random(in: -0.0015...0.0015, using: &random)
            func tick(_ value: Double) -> Double { (value * 100).rounded() / 100 }
            let candle = try Candle(
                instrument: instrument, timeframe: .minute1, openTime: UnixNanos(seconds: Int64(index) * 60),
                open: tick(open), high: tick(max(open, price) + 1), low: tick(min(open, price) - 1),
                close: tick(price), volume: 20, source: .file)
            let position = FeedPosition(UInt64(index + 1))
            return Batch(
                events: [Event(position: position, .candle(candle))],
                watermark: Watermark(
                    position: position, previous: FeedPosition(UInt64(index)), time: candle.closeTime))
        }
    }
}
