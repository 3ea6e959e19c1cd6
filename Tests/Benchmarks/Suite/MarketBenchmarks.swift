import Foundation
import Market
import Schema

/// Reading and aggregating a million one-minute bars.
enum MarketBenchmarks {
    static let all: [Benchmark] = [
        Benchmark("csv") {
            let file = try Self.file(bars: 1_000_000)
            defer { try? FileManager.default.removeItem(atPath: file) }
            let ours = try Self.fastest { _ = try Self.columns(of: file) }
            let peer = try PythonPeer("market_columns.py").run(["csv", file])
            return [Self.measurement("csv", ours, peer, "polars, one thread, all columns and nothing checked")]
        },
        Benchmark("aggregate") {
            let file = try Self.file(bars: 1_000_000)
            defer { try? FileManager.default.removeItem(atPath: file) }
            let columns = try Self.columns(of: file)
            var built = 0
            let ours = try Self.fastest {
                built = [.minute5, .minute15, .hour1, .hour4, .day1].reduce(0) {
                    $0 + columns.aggregated(to: $1).candles.count
                }
            }
            guard built > 280_000 else { throw BenchmarkFailure("\(built) candles were built") }
            let peer = try PythonPeer("market_columns.py").run(["aggregate", file])
            return [Self.measurement("aggregate", ours, peer, "numpy's reduceat, the same five timeframes")]
        },
    ]

    static func measurement(_ name: String, _ ours: Double, _ peer: Double?, _ peerName: String) -> Measurement {
        guard let peer else { return Measurement(name, ours: ours, unit: "ms") }
        return Measurement(name, ours: ours, peer: peer, of: peerName, unit: "ms")
    }

    /// The milliseconds of the fastest of seven runs; the peer's are counted the same way.
    static func fastest(_ body: () throws -> Void) throws -> Double {
        var fastest = Double.infinity
        for _ in 0..<7 { fastest = min(fastest, try Stopwatch.seconds(body) * 1000) }
        return fastest
    }

    static func columns(of file: String) throws -> CandleColumns {
        let instrument = Instrument("binance.BTC-USDT")
        let candles = try CSVCandles(GzipFile(path: file), instrument: instrument.name, timeframe: .minute1)
        // Every row is checked; outliers are looked for in benchmarks of the feed.
        var reader = SeriesReader(candles, of: instrument, outlierScore: nil)
        let columns = try reader.next()
        guard columns.count == 1_000_000, reader.report.isClean else {
            throw BenchmarkFailure("\(columns.count) bars were read")
        }
        return columns
    }

    /// Writes bars as Binance does: eight columns, of which candles need six; 86 MB for a million.
    static func file(bars: Int) throws -> String {
        var random = SplitMix64(seed: 7)
        var price = 30_000.0
        func draw(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
        var data = Data("open_time_ms,open,high,low,close,volume,quote_volume,trades\n".utf8)
        data.reserveCapacity(90 * bars)
        for index in 0..<bars {
            let open = price
            price *= 1 + draw(-0.0015...0.0015)
            let (high, low, volume) = (max(open, price) + draw(0...9), min(open, price) - draw(0...9), draw(0.001...60))
            let numbers = String(
                format: "%.4f,%.4f,%.4f,%.4f,%.6f,%.7f,%d", open, high, low, price, volume, volume * price,
                Int(draw(0...5000)))
            data.append(Data("\(1_600_000_020_000 + 60_000 * index),\(numbers)\n".utf8))
        }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tidegate-bench-\(getpid()).csv").path
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }
}
