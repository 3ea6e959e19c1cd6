import ArgumentParser
import Foundation
import Market
import TestKit
import Testing

@testable import Tidegate

/// Counts and times are those of the data set's description.
@Suite("Data check", .enabled(if: SharedData.folder != nil || SharedData.required))
struct DataCheckTests {
    static func figures(_ path: String) throws -> QualityFigures {
        let file = try #require(SharedData.folder).appendingPathComponent("data/ohlcv/\(path)").path
        return try DataCommand.Check.figures(
            of: [CandleFile(path: file)], outlierScore: OutlierDetector.standardThreshold)
    }

    /// The ten outages of the exchange, as hours missing from a moment on.
    static let outages = [
        ("2020-11-30T06:00:00Z", 1), ("2020-12-21T14:00:00Z", 4), ("2020-12-25T02:00:00Z", 1),
        ("2021-02-11T04:00:00Z", 1), ("2021-03-06T02:00:00Z", 1), ("2021-04-20T02:00:00Z", 2),
        ("2021-04-25T05:00:00Z", 3), ("2021-08-13T02:00:00Z", 4), ("2021-09-29T07:00:00Z", 2),
        ("2023-03-24T13:00:00Z", 1),
    ]

    @Test(
        "Five years of hours have exactly the gaps and silent hours that are known", arguments: ["BTC", "ETH", "SOL"])
    func hours(base: String) throws {
        let figures = try Self.figures("binance_spot/\(base)USDT_1h.csv.gz")
        #expect(figures.instrument == "binance.\(base)-USDT" && figures.timeframe == "1h")
        #expect(figures.rows == 43_803)
        #expect(figures.first == "2020-09-20T00:00:00Z" && figures.last == "2025-09-19T22:00:00Z")
        #expect(figures.gaps.map(\.from) == Self.outages.map(\.0))
        #expect(figures.gaps.map(\.missing) == Self.outages.map(\.1) && figures.missing == 20)
        #expect(figures.zeroVolumeTimes == ["2021-02-11T03:00:00Z", "2023-03-24T12:00:00Z"])
        #expect(figures.duplicates + figures.outOfOrder + figures.ohlcViolations + figures.malformed == 0)
        #expect(figures.outliers == 0)
    }

    @Test(
        "Every other file of candles has the rows, gaps and silent bars that are known",
        arguments: [
            ("binance_spot/BTCUSDT_30m.csv.gz", 87_602, 45, 6), ("binance_spot/ETHUSDT_30m.csv.gz", 87_602, 45, 6),
            ("binance_spot/SOLUSDT_30m.csv.gz", 87_602, 45, 6), ("binance_spot/BTCUSDT_4h.csv.gz", 10_955, 0, 0),
            ("binance_spot/SOLUSDT_1d.csv.gz", 1825, 0, 0), ("binance_usdm/BTCUSDT-PERP_1m.csv.gz", 43_199, 0, 0),
            ("binance_usdm/ETHUSDT-PERP_1m.csv.gz", 60_191, 0, 0), ("binance_usdm/SOLUSDT-PERP_5m.csv.gz", 8639, 0, 0),
            ("binance_usdm/BTCUSDT-PERP_1h.csv.gz", 719, 0, 0), ("binance_usdm/ETHUSDT-PERP_1d.csv.gz", 29, 0, 0),
            ("binance_spot_gpl/XRPETH_1m.csv.gz", 2469, 1091, 0), ("binance_spot_gpl/XRPETH_5m.csv.gz", 706, 6, 0),
            ("lean/coinbase_daily_btcusd_trade.zip", 1318, 34, 0),
            ("lean/binance_minute_btcbusd_20221213_trade.zip", 1440, 0, 0),
        ])
    func files(path: String, rows: Int, missing: Int, silent: Int) throws {
        let figures = try Self.figures(path)
        #expect(figures.rows == rows && figures.missing == missing && figures.zeroVolume == silent)
        #expect(figures.duplicates + figures.outOfOrder + figures.ohlcViolations + figures.malformed == 0)
    }

    @Test("Of five years of real crashes one half hour is an outlier, and at a score of 30 six are")
    func outliers() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("data/ohlcv/binance_spot").path
        func times(_ score: Double) throws -> [String] {
            try ["BTC", "ETH", "SOL"].flatMap { base in
                try DataCommand.Check.figures(
                    of: [CandleFile(path: "\(folder)/\(base)USDT_30m.csv.gz")], outlierScore: score
                ).outlierTimes.map(\.time)
            }
        }
        #expect(try times(50) == ["2023-10-16T13:00:00Z"])
        #expect(try times(30).count == 6)
    }

    @Test("JSON has the keys that are promised, and a table all figures in one line")
    func output() throws {
        let figures = try Self.figures("binance_spot/BTCUSDT_1h.csv.gz")
        guard case .object(let object) = try JSONValue(parsing: JSONOutput.line(figures)) else {
            Issue.record("it is no object")
            return
        }
        #expect(object["rows"] == .integer(43_803) && object["duplicates"] == .integer(0))
        #expect(object["first"] == .string("2020-09-20T00:00:00Z") && object["last"] != nil)
        #expect(object["zero_volume"] == .integer(2) && object["ohlc_violations"] == .integer(0))
        #expect(object["outliers"] == .integer(0))
        guard case .array(let gaps)? = object["gaps"] else {
            Issue.record("there are no gaps")
            return
        }
        #expect(
            gaps.first
                == .object([
                    "from": .string("2020-11-30T06:00:00Z"), "to": .string("2020-11-30T07:00:00Z"),
                    "missing": .integer(1),
                ]))
        let words = QualityFigures.table([figures]).split(separator: "\n").last?.split(separator: " ").map(String.init)
        #expect(words?[1...3] == ["binance.BTC-USDT", "1h", "43803"])
        #expect(figures.details(atMost: 3).count == 4 + 2)
    }

    @Test("A folder gives its files of candles, and says why others are passed over")
    func folder() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("data").path
        let options = try CandleFileOptions.parse([folder])
        let (series, passedOver) = try options.series()
        #expect(series.count == 12 + 18 + 2 + 5)
        #expect(passedOver.contains { $0.hasSuffix("BTCUSDT-PERP_3m.csv.gz: 3m is no timeframe of ours") })
        #expect(passedOver.contains { $0.contains("funding_daily") })
        #expect(throws: MarketError.self) {
            try CandleFileOptions.parse(["\(folder)/ohlcv/binance_usdm/BTCUSDT-PERP_3m.csv.gz"]).series()
        }
    }

    @Test(
        "A mistake in the options is refused by name",
        arguments: [
            ["--instrument", "BTC"], ["--timeframe", "2h"], ["--columns", "price=x"], ["--columns", "time"],
            ["--time-format", "julian"],
        ])
    func mistakes(arguments: [String]) {
        #expect(throws: (any Error).self) { try CandleFileOptions.parse(["x.csv"] + arguments) }
    }
}
