import Foundation
import RawPeers
import Schema
import Store

/// Candles into a real PostgreSQL, against libpq with nothing around it.
enum StoreBenchmarks {
    static let all: [Benchmark] = [
        Benchmark("store.candles.copy") {
            let candles = try Candles(count: 200_000)
            let rounds = try await withDatabase { url in
                try (0..<5).map { _ in
                    (
                        ours: try rate(candles, url) { try candles.copy(to: url) },
                        peer: try rate(candles, url) { try candles.rawCopy(to: url) }
                    )
                }
            }
            return [
                Measurement(
                    "store.candles.copy", rounds: rounds, of: "libpq binary COPY in C, same table", unit: "rows/s")
            ]
        },
        Benchmark("store.candles.idempotent") {
            let candles = try Candles(count: 100_000)
            return try await withDatabase { url in
                var (new, again): ([(ours: Double, peer: Double)], [(ours: Double, peer: Double)]) = ([], [])
                for _ in 0..<5 {
                    let ours = try rate(candles, url) { try candles.save(to: url) }
                    let oursAgain = try repeated(candles) { try candles.save(to: url) }
                    let peer = try rate(candles, url) { try candles.rawInsert(to: url) }
                    let peerAgain = try repeated(candles) { try candles.rawInsert(to: url) }
                    new.append((ours, peer))
                    again.append((oursAgain, peerAgain))
                }
                let peer = "libpq COPY and INSERT ON CONFLICT in C, without comparing contents"
                return [
                    Measurement("store.candles.idempotent.new", rounds: new, of: peer, unit: "rows/s"),
                    Measurement("store.candles.idempotent.again", rounds: again, of: peer, unit: "rows/s"),
                ]
            }
        },
    ]

    /// Rows a second into the emptied table, every one of them new.
    private static func rate(_ candles: Candles, _ url: String, _ write: () throws -> Int) throws -> Double {
        try PostgresConnection(url).runScript("TRUNCATE candles; CHECKPOINT")
        return try measure(candles, expecting: candles.count, write)
    }

    /// Rows a second into a table that has them all.
    private static func repeated(_ candles: Candles, _ write: () throws -> Int) throws -> Double {
        try measure(candles, expecting: 0, write)
    }

    private static func measure(_ candles: Candles, expecting rows: Int, _ write: () throws -> Int) throws -> Double {
        var written = 0
        let seconds = try Stopwatch.seconds { written = try write() }
        guard written == rows else { throw BenchmarkFailure("\(written) rows were new, not \(rows)") }
        return Double(candles.count) / seconds
    }

    private static func withDatabase<R>(_ body: (String) async throws -> R) async throws -> R {
        let cluster = try BenchmarkCluster()
        defer { cluster.delete() }
        return try await body(try cluster.database())
    }
}

/// The same candles in our form and in the peer's.
private struct Candles {
    private static let instrument = Instrument("binance.BTC-USDT")
    private let rows: [(candle: Candle, position: FeedPosition)]
    private let raw: [raw_candle]

    var count: Int { rows.count }

    init(count: Int) throws {
        var random = SplitMix64(seed: 1)
        var price = 30_000.0
        rows = try (0..<count).map { index in
            let open = price
            price *= 1 + Double.random(in: -0.001...0.001, using: &random)
            let openTime = UnixNanos(seconds: 1_600_000_020 + Int64(index) * 60)
            let candle = try Candle(
                instrument: Self.instrument, timeframe: .minute1, openTime: openTime, open: open,
                high: max(open, price) * 1.0005, low: min(open, price) * 0.9995, close: price,
                volume: Double.random(in: 0...50, using: &random), source: .file)
            return (candle, FeedPosition(UInt64(index + 1)))
        }
        raw = rows.map { candle, position in
            raw_candle(
                open_time: (candle.openTime.rawValue / 1000) - 946_684_800_000_000, open: candle.open,
                high: candle.high, low: candle.low, close: candle.close, volume: candle.volume,
                position: Int64(position.rawValue))
        }
    }

    func copy(to url: String) throws -> Int { try CandleStore(PostgresConnection(url)).copy(rows) }

    func rawCopy(to url: String) throws -> Int { Int(raw_copy(url, Self.instrument.name, raw, Int64(raw.count))) }

    /// As a service writes what it has made: some thousand rows in a transaction.
    private static let chunk = 5000

    func save(to url: String) throws -> Int {
        let store = EventStore(try PostgresConnection(url))
        var inserted = 0
        for start in stride(from: 0, to: rows.count, by: Self.chunk) {
            let entries = rows[start..<min(start + Self.chunk, rows.count)].map { candle, position in
                LogEntry(event: Event(position: position, .candle(candle)), sequence: position.rawValue, ordinal: 0)
            }
            inserted += try store.save(entries).inserted
        }
        return inserted
    }

    func rawInsert(to url: String) throws -> Int {
        Int(raw_insert_missing(url, Self.instrument.name, raw, Int64(raw.count), Int64(Self.chunk)))
    }
}
