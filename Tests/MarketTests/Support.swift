import Foundation
import Market
import Schema
import TestKit

/// The candles of a CSV file with a header.
func candles(file: URL, _ instrument: Instrument, _ timeframe: Timeframe) throws -> [Candle] {
    var reader = try CSVCandles(try GzipFile(path: file.path), instrument: instrument.name, timeframe: timeframe)
    return try candles(of: &reader, instrument)
}

func candles(of reader: inout CSVCandles, _ instrument: Instrument) throws -> [Candle] {
    var result: [Candle] = []
    while let record = try reader.next() {
        guard case .candle(let row) = record, let openTime = row.openTime else {
            throw UnreadableLine(line: reader.line)
        }
        result.append(
            try Candle(
                instrument: instrument, timeframe: row.timeframe, openTime: openTime, open: row.open, high: row.high,
                low: row.low, close: row.close, volume: row.volume, source: .file))
    }
    return result
}

struct UnreadableLine: Error { let line: Int }

/// A fresh folder, removed with its content at the end of `body`.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("market-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// A row of `binance.BTC-USDT` whose numbers are a valid candle.
func row(
    _ hour: Int, instrument: String = "binance.BTC-USDT", timeframe: Timeframe = .hour1, open: Double = 100,
    high: Double = 102, low: Double = 99, close: Double = 101, volume: Double = 5
) -> CandleRow {
    CandleRow(
        instrument: instrument, timeframe: timeframe, openMilliseconds: Int64(hour) * 3_600_000, open: open, high: high,
        low: low, close: close, volume: volume, source: .exchange)
}

func hour(_ hour: Int) -> UnixNanos { UnixNanos(seconds: Int64(hour) * 3600) }
