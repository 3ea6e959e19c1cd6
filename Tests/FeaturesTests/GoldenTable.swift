import Features
import Foundation
import Market
import Schema
import TestKit
import Testing

/// A table of reference numbers; an empty field is `nil`.
struct GoldenTable {
    let columns: [String: [Double?]]

    init(_ name: String) throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let lines = text.split(separator: "\n")
        let names = lines[0].split(separator: ",").map(String.init)
        var columns: [[Double?]] = Array(repeating: [], count: names.count)
        for line in lines.dropFirst() {
            for (index, field) in line.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
                columns[index].append(Double(String(field)))
            }
        }
        self.columns = Dictionary(uniqueKeysWithValues: zip(names, columns))
    }

    /// The hourly bars of the table's first columns.
    func bars() throws -> CandleColumns {
        let times = try values("ts_ms")
        let (open, high, low) = (try values("open"), try values("high"), try values("low"))
        let (close, volume) = (try values("close"), try values("volume"))
        var columns = CandleColumns(instrument: Instrument("golden.BTC-USDT"), timeframe: .hour1)
        for row in times.indices {
            columns.append(
                try Candle(
                    instrument: columns.instrument, timeframe: .hour1,
                    openTime: UnixNanos(milliseconds: Int64(times[row])), open: open[row], high: high[row],
                    low: low[row], close: close[row], volume: volume[row], source: .file))
        }
        return columns
    }

    func values(_ name: String) throws -> [Double] { try #require(columns[name]).map { try #require($0) } }
}
