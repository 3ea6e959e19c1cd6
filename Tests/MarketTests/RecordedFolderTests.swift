import Foundation
import Market
import Pipeline
import Schema
import TestKit
import Testing

@Suite("Recorded folders")
struct RecordedFolderTests {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let ether = Instrument("binance.ETH-USDT")
    static let header = "open_time_ms,open,high,low,close,volume\n"

    func lines(_ hours: [Int]) -> String { hours.map { "\($0 * 3_600_000),1,1,1,1,1\n" }.joined() }

    @Test("Steps are the union of the files' times, in order, and can begin and end anywhere")
    func merge() throws {
        try withTemporaryFolder { folder in
            try (Self.header + lines([0, 1, 3])).write(
                to: folder.appendingPathComponent("BTC-USDT_1h.csv"), atomically: true, encoding: .utf8)
            try (Self.header + lines([1, 2, 4])).write(
                to: folder.appendingPathComponent("ETHUSDT_1h.csv"), atomically: true, encoding: .utf8)
            func steps(from: Int? = nil, to: Int? = nil) throws -> [String] {
                var candles = try RecordedFolder(folder.path).candles(
                    of: [Self.ether, Self.bitcoin], timeframe: .hour1, from: from.map(hour), to: to.map(hour))
                var result: [String] = []
                while let step = try candles.next() {
                    let bases = step.rows.map { $0.instrument.dropFirst(8).prefix(3) }.joined(separator: " ")
                    result.append("\(step.closeTime.rawValue / 3_600_000_000_000): \(bases)")
                }
                return result
            }
            let all = ["1: BTC", "2: BTC ETH", "3: ETH", "4: BTC", "5: ETH"]
            #expect(try steps() == all)
            for cut in 0..<5 { #expect(try steps(from: cut) == Array(all.dropFirst(cut))) }
            for cut in 0...5 { #expect(try steps(to: cut) == Array(all.prefix(cut))) }
        }
    }

    @Test("Reading resumed behind any step gives the same rest, disorder and bad lines included")
    func resume() throws {
        try withTemporaryFolder { folder in
            let table =
                Self.header + lines([0, 1]) + "bad\n" + lines([4, 2, 4, 5]) + "worse\n" + lines([3, 7]) + "end\n"
            try table.write(to: folder.appendingPathComponent("BTCUSDT_1h.csv"), atomically: true, encoding: .utf8)
            func steps(from: UnixNanos?) throws -> [FeedStep] {
                var candles = try RecordedFolder(folder.path).candles(of: [Self.bitcoin], timeframe: .hour1, from: from)
                var result: [FeedStep] = []
                while let step = try candles.next() { result.append(step) }
                return result
            }
            let all = try steps(from: nil)
            #expect(all.map(\.closeTime) == [1, 2, 5, 6, 8].map(hour))
            #expect(all.flatMap(\.malformed).map(\.line) == [4, 9, 12])
            for (index, step) in all.enumerated() {
                #expect(try steps(from: step.closeTime) == Array(all[(index + 1)...]))
            }
        }
    }

    @Test("A missing file is an error that says where it was looked for")
    func missing() throws {
        try withTemporaryFolder { folder in
            do {
                _ = try RecordedFolder(folder.path).candles(of: [Self.bitcoin], timeframe: .hour1)
                Issue.record("it must throw")
            } catch let error as MarketError {
                let text = "\(error)"
                #expect(text.contains("\(folder.path)/ohlcv/binance_spot/BTCUSDT_1h.csv.gz"))
                #expect(text.contains("\(folder.path)/BTC-USDT_1h.csv"))
            }
        }
    }

    @Test("A compressed file is read, and one that was cut off anywhere or damaged is an error, not the end")
    func compressed() throws {
        try withTemporaryFolder { folder in
            let whole = Self.gzip(Array((Self.header + lines(Array(0..<50))).utf8))
            let file = folder.appendingPathComponent("BTC-USDT_1h.csv.gz")
            try Data(whole).write(to: file)
            #expect(try candles(file: file, Self.bitcoin, .hour1).count == 50)
            for length in [12, 15, 200, whole.count - 9, whole.count - 8, whole.count - 4, whole.count - 1] {
                try Data(whole.prefix(length)).write(to: file)
                #expect(throws: MarketError.self, "\(length) of \(whole.count)") {
                    try candles(file: file, Self.bitcoin, .hour1)
                }
            }
            var damaged = whole
            damaged[300] ^= 1
            try Data(damaged).write(to: file)
            #expect(throws: MarketError.self) { try candles(file: file, Self.bitcoin, .hour1) }
        }
    }

    /// A gzip file whose one block is not compressed; RFC 1951 and 1952.
    static func gzip(_ content: [UInt8]) -> [UInt8] {
        let size = UInt16(content.count)
        return [31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(UInt32(size), 2) + little(UInt32(~size), 2) + content
            + little(crc32(content), 4) + little(UInt32(content.count), 4)
    }
}

@Suite("The recorded data set", .enabled(if: SharedData.folder != nil || SharedData.required))
struct RecordedDataTests {
    @Test("Three symbols of five years are found, with every hour, gap and silent hour that the description counts")
    func fiveYears() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("data")
        let instruments = ["BTC", "ETH", "SOL"].map { Instrument("binance.\($0)-USDT") }
        var recorded = try RecordedFolder(folder.path).candles(of: instruments, timeframe: .hour1)
        var feed = FeedBuilder(.init(instruments: instruments, base: .hour1, higher: [.hour4, .day1]))
        var counts: [String: Int] = [:]
        while let step = try recorded.next() {
            feed.accept(step.rows)
            for event in feed.closeBatch(at: step.closeTime).events {
                switch event.message {
                case .candle(let candle):
                    counts["\(candle.instrument.base) \(candle.timeframe.rawValue)", default: 0] += 1
                case .anomaly(let anomaly):
                    counts[anomaly.kind.rawValue, default: 0] += 1
                    counts["\(anomaly.kind.rawValue) candles", default: 0] += anomaly.count
                default: Issue.record("\(event.message.kind)")
                }
            }
        }
        var expected = ["gap": 30, "gap candles": 60, "zeroVolume": 6, "zeroVolume candles": 6]
        for base in ["BTC", "ETH", "SOL"] {
            // The last day has no end within the recording.
            (expected["\(base) 1h"], expected["\(base) 4h"], expected["\(base) 1d"]) = (43_803, 10_955, 1825)
        }
        #expect(counts == expected)
    }

    @Test("LEAN archives are read: minutes that add up to the day of the daily file")
    func lean() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("data/ohlcv/lean").path
        let daily = try CandleFile(path: "\(folder)/coinbase_daily_btcusd_trade.zip")
        #expect(daily.instrument == Instrument("coinbase.BTC-USD") && daily.timeframe == .day1)
        var reader = SeriesReader(try daily.candles(), of: daily.instrument)
        let days = try reader.next()
        #expect(days.count == 1318 && reader.report.missing == 34)
        #expect(days.openTimes.first == UnixNanos(iso8601: "2014-12-01"))
        #expect(days.openTimes.last == UnixNanos(iso8601: "2018-08-13"))
        for (date, count) in [("2016-10-07", 1419), ("2016-10-08", 1400), ("2018-04-04", 1007), ("2018-04-05", 1440)] {
            let day = try #require(UnixNanos(iso8601: date))
            let file = try CandleFile(
                path: "\(folder)/coinbase_minute_btcusd_\(date.filter { $0 != "-" })_trade.zip")
            var reader = SeriesReader(try file.candles(), of: file.instrument)
            let minutes = try reader.next()
            #expect(minutes.count == count)
            let built = minutes.aggregated(to: .day1).candles[0]
            let published = days[try #require(days.openTimes.firstIndex(of: day))]
            #expect(built.open == published.open && built.high == published.high)
            #expect(built.low == published.low && built.close == published.close)
            #expect(abs(built.volume - published.volume) <= 1e-9 * published.volume)
        }
    }

    @Test("LEAN's days of one instrument are one series, and what is no candle of ours is refused by name")
    func leanFolder() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("data/ohlcv/lean").path
        var (files, refused): ([CandleFile], [String]) = ([], [])
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            do { files.append(try CandleFile(path: "\(folder)/\(name)")) } catch { refused.append("\(error)") }
        }
        #expect(refused.count(where: { $0.hasSuffix("quotes, not candles of trades") }) == 6)
        #expect(refused.count(where: { $0.hasSuffix(": second is no timeframe of ours") }) == 2)
        let series = CandleFile.series(files)
        #expect(
            series.map { $0[0].instrument.name } == [
                "binance.BTC-BUSD", "bybit.BTC-USDT", "coinbase.BTC-USD", "coinbase.BTC-USD", "coinbase.ETH-USD",
            ])
        // The one of binance has a ZIP64 end record.
        var binance = SeriesReader(try series[0][0].candles(), of: series[0][0].instrument)
        #expect(try binance.next().count == 1440)
        let bitcoin = try #require(series.first { $0.count == 4 })
        var reader = SeriesReader(try bitcoin[0].candles(), of: bitcoin[0].instrument, then: bitcoin[1...])
        let minutes = try reader.next()
        #expect(minutes.count == 1419 + 1400 + 1007 + 1440 && reader.report.outOfOrder == 0)
        #expect(minutes.openTimes.last == UnixNanos(iso8601: "2018-04-05T23:59"))
    }
}
