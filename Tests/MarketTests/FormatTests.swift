import Foundation
import Schema
import TestKit
import Testing

@testable import Market

@Suite("Formats of time")
struct TimeFormatTests {
    @Test(
        "Each format is read, and told from a first row",
        arguments: [
            ("1741257000", TimeFormat.seconds), ("1741257000000", .milliseconds), ("1741257000000000", .microseconds),
            ("1741257000000000000", .nanoseconds), ("2025-03-06T10:30:00Z", .iso8601), ("2025-03-06 10:30", .iso8601),
            ("2025-03-06 13:30:00.000+03:00", .iso8601), ("2025-03-06T05:30:00-0500", .iso8601),
            ("20250306 10:30", .compactDate),
        ])
    func formats(text: String, format: TimeFormat) {
        #expect(TimeFormat.guess(text) == format)
        #expect(format.moment(Array(text.utf8)) == UnixNanos(seconds: 1_741_257_000))
    }

    @Test("Fractions are read to the nanosecond, and days alone are their midnight")
    func fractions() {
        func moment(_ text: String) -> Int64? { TimeFormat.iso8601.moment(Array(text.utf8))?.rawValue }
        #expect(moment("1970-01-01T00:00:01.5Z") == 1_500_000_000)
        #expect(moment("1970-01-01 00:00:00.1234567899") == 123_456_789)
        #expect(moment("1970-01-02") == 86_400_000_000_000)
        #expect(
            TimeFormat.millisecondsOfDay(UnixNanos(seconds: 86_400)).moment(Array("60000".utf8))
                == UnixNanos(seconds: 86_460))
    }

    @Test(
        "Other text is refused",
        arguments: [
            "", "soon", "2025-13-01", "2025-02-30", "2025-03-06T", "2025-03-06T25:00", "2025-03-06T10:60",
            "2025-03-06T10:30:61", "2025-03-06T10:30:00.", "2025-03-06T10:30:00+3", "2025-03-06T10:30:00Zx",
            "20250306", "20250306 1030", "99999999999999999999",
        ])
    func refused(text: String) {
        for (_, format) in TimeFormat.names { #expect(format.moment(Array(text.utf8)) == nil || text == "20250306") }
        #expect(TimeFormat.millisecondsOfDay(UnixNanos(0)).moment(Array("86400000".utf8)) == nil)
        #expect(TimeFormat.seconds.moment(Array("9999999999999".utf8)) == nil)
    }
}

@Suite("Names of files")
struct CandleFileTests {
    @Test(
        "A name says what is in the file",
        arguments: [
            ("a/binance_spot/BTCUSDT_1h.csv.gz", "binance.BTC-USDT", Timeframe.hour1),
            ("binance_usdm/ETHUSDT-PERP_5m.csv", "binanceusdm.ETH-USDT", .minute5),
            ("binance_spot_gpl/XRPETH_1m.csv.gz", "binance.XRP-ETH", .minute1),
            ("x/kraken.BTC-USD_4h.csv", "kraken.BTC-USD", .hour4),
            ("coinbase/BTC-USD_1d.csv", "coinbase.BTC-USD", .day1),
            ("lean/coinbase_daily_btcusd_trade.zip", "coinbase.BTC-USD", .day1),
            ("crypto/coinbase/daily/btcusd_trade.zip", "coinbase.BTC-USD", .day1),
            ("crypto/coinbase/hour/btcusd_trade.zip", "coinbase.BTC-USD", .hour1),
            ("coinbase_minute_btcusd_20161007_trade.zip", "coinbase.BTC-USD", .minute1),
            ("crypto/bybit/minute/btcusdt/20221213_trade.zip", "bybit.BTC-USDT", .minute1),
        ])
    func names(path: String, instrument: String, timeframe: Timeframe) throws {
        let file = try CandleFile(path: path)
        #expect(file.instrument.name == instrument && file.timeframe == timeframe)
        #expect(file.guessed == "\(instrument) \(timeframe.rawValue)")
    }

    @Test("What a name does not say must be said, and goes before what it says")
    func options() throws {
        for path in ["prices.csv", "downloads/BTCUSDT_1h.csv", "binance/BTCUSDT_3m.csv", "binance/FOO_1h.csv", ""] {
            #expect(throws: MarketError.self) { try CandleFile(path: path) }
        }
        var options = CandleFile.Options()
        (options.instrument, options.timeframe) = (Instrument("kraken.ETH-EUR"), .minute15)
        let file = try CandleFile(path: "binance/BTCUSDT_1h.csv", options: options)
        #expect(file.instrument.name == "kraken.ETH-EUR" && file.timeframe == .minute15 && file.guessed == nil)
    }

    @Test("Columns of other names and times of other formats are read")
    func mapping() throws {
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("kraken.BTC-USD_1h.csv")
            try "When,O,H,L,C,Vol\n2025-03-06 10:00,1,3,1,2,9\n2025-03-06 11:00:00.000001,1,3,1,2,9\n".write(
                to: path, atomically: true, encoding: .utf8)
            var options = CandleFile.Options()
            options.names = [.time: "when", .open: "o", .high: "h", .low: "l", .close: "c", .volume: "vol"]
            let file = try CandleFile(path: path.path, options: options)
            var reader = SeriesReader(try file.candles(), of: file.instrument)
            #expect(try reader.next().openTimes == [UnixNanos(seconds: 1_741_255_200)])
            #expect(reader.timeFormat == .iso8601 && reader.report.malformed.map(\.line) == [3])
            #expect(throws: MarketError.self) { try CandleFile(path: path.path).candles() }
        }
    }
}

@Suite("Records of text")
struct CSVRecordsTests {
    func read(_ text: String) throws -> [[String]] {
        var records = try CSVRecords(MemoryBytes(Array(text.utf8), name: "test"))
        var all = [records.header]
        while let fields = try records.next() { all.append(fields) }
        return all
    }

    @Test("Quotes hold commas, line ends and doubled quotes")
    func quotes() throws {
        #expect(
            try read("a,b\r\n\"x,\"\"y\"\"\nz\",\n\n\"\",\"\"\"\"\n1,2,3") == [
                ["a", "b"], ["x,\"y\"\nz", ""], ["", "\""], ["1", "2", "3"],
            ])
    }

    @Test("A quote that is not closed, and a record that is too short, are errors with their line")
    func errors() {
        #expect(throws: MarketError.line(path: "test", line: 2, reason: "a quote is not closed")) {
            try read("a,b\n\"1,2\n3,4\n")
        }
        #expect(throws: MarketError.line(path: "test", line: 3, reason: "1 fields, not 2")) {
            try read("a,b\n1,2\n3\n")
        }
    }

    @Test("Junk never traps", arguments: [1, 2] as [UInt64])
    func junk(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("a,\"\n\r".utf8)
        for _ in 0..<2000 {
            let text = (0..<40).map { _ in alphabet[Int(random.next() % 5)] }
            _ = try? read(String(decoding: text, as: UTF8.self))
        }
    }
}
