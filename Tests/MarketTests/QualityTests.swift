import Foundation
import Schema
import Testing

@testable import Market

@Suite("Outlier detector")
struct OutlierDetectorTests {
    /// Judges closes that follow one another; the findings by their place.
    func findings(_ closes: [Double], threshold: Double = 50) -> [Int: OutlierDetector.Finding] {
        var detector = OutlierDetector()
        var found: [Int: OutlierDetector.Finding] = [:]
        for (index, close) in closes.enumerated() {
            found[index] = detector.judge(close, at: hour(index), timeframe: .hour1, threshold: threshold)
        }
        return found
    }

    /// A random walk of so many closes, with steps of 0.1 % or so.
    func walk(_ count: Int) -> [Double] {
        var random = SplitMix64(seed: 5)
        var price = 100.0
        return (0..<count).map { _ in
            price *= 1 + Double.random(in: -0.002...0.002, using: &random)
            return price
        }
    }

    @Test("A wrong close is one outlier, and the true one after it is none")
    func spike() {
        var closes = walk(300)
        closes[200] *= 3
        let found = findings(closes)
        #expect(found.keys.sorted() == [200])
        #expect(abs((found[200]?.logReturn ?? 0) - log(closes[200] / closes[199])) < 1e-12)
    }

    @Test("A jump that stays is one outlier, and the new level is none")
    func jump() {
        var closes = walk(300)
        for index in 200..<300 { closes[index] /= 2 }
        #expect(findings(closes).keys.sorted() == [200])
    }

    @Test("The score is the return's distance from the median by 1.4826 median distances, of earlier returns alone")
    func definition() {
        let closes = walk(150)
        var detector = OutlierDetector()
        for index in closes.indices {
            let logReturn = index > 0 ? log(closes[index] / closes[index - 1]) : 0
            let found = detector.score(logReturn)
            _ = detector.judge(closes[index], at: hour(index), timeframe: .hour1, threshold: .infinity)
            guard index > OutlierDetector.warmUp else {
                #expect(found == 0)
                continue
            }
            // The detector keeps single precision.
            let past = (max(1, index - OutlierDetector.window)..<index).map {
                Double(Float(log(closes[$0] / closes[$0 - 1])))
            }
            func median(_ values: [Double]) -> Double {
                let sorted = values.sorted()
                return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
            }
            let center = median(past)
            let score = abs(logReturn - center) / (1.4826 * median(past.map { abs($0 - center) }))
            #expect(abs(found - score) <= 1e-9 * score, "\(index)")
        }
    }

    @Test("What comes after a hole is not judged, and neither is the first or a market that stands still")
    func unjudged() {
        var detector = OutlierDetector()
        var found = 0
        for (index, close) in walk(200).enumerated() {
            let late = index >= 150 ? 1 : 0
            let price = index >= 150 ? close * 10 : close
            found +=
                detector.judge(price, at: hour(index + late), timeframe: .hour1, threshold: 50) == nil ? 0 : 1
        }
        #expect(found == 0)
        var flat = [Double](repeating: 7, count: 100)
        flat[99] = 8
        #expect(findings(flat).isEmpty)
    }

    @Test("Where most returns are zero the mean distance stands for the median distance")
    func quiet() {
        var closes = [Double](repeating: 100, count: 120)
        for index in stride(from: 5, to: 110, by: 10) { closes[index] = 100.1 }
        closes[115] = 200
        #expect(findings(closes).keys.sorted() == [115])
    }

    @Test("A detector restored from its encoded state goes on bit for bit")
    func resume() throws {
        let closes = walk(400)
        var whole = OutlierDetector()
        for cut in [1, 50, 130, 300] {
            var first = OutlierDetector()
            for index in 0..<cut { _ = first.judge(closes[index], at: hour(index), timeframe: .hour1, threshold: 3) }
            var second = try JSONDecoder().decode(OutlierDetector.self, from: JSONEncoder().encode(first))
            for index in cut..<400 {
                let expected = first.judge(closes[index], at: hour(index), timeframe: .hour1, threshold: 3)
                let found = second.judge(closes[index], at: hour(index), timeframe: .hour1, threshold: 3)
                #expect(found == expected)
            }
            #expect(second == first)
            whole = first
        }
        #expect(whole != OutlierDetector())
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SortedWindow.self, from: Data(#"{"capacity":1,"values":"0 0"}"#.utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SortedWindow.self, from: Data(#"{"capacity":9,"values":"7fc00000"}"#.utf8))
        }
    }
}

@Suite("Series")
struct SeriesReaderTests {
    func read(_ rows: [String], outlierScore: Double? = 50) throws -> (CandleColumns, QualityReport) {
        let table = "open_time_ms,open,high,low,close,volume\n" + rows.joined(separator: "\n")
        let bitcoin = Instrument("binance.BTC-USDT")
        var reader = SeriesReader(
            try CSVCandles(
                MemoryBytes(Array(table.utf8), name: "test"), instrument: bitcoin.name, timeframe: .hour1),
            of: bitcoin, outlierScore: outlierScore)
        return (try reader.next(), reader.report)
    }

    func line(_ hour: Int, _ rest: String = "100,102,99,101,5") -> String { "\(hour * 3_600_000),\(rest)" }

    @Test("Everything that is wrong with a series is counted, with its place, and the rest is read")
    func report() throws {
        let (columns, report) = try read([
            line(0), line(1), line(1), line(0), line(2, "100,100.5,99,101,5"), line(3, "1,1,1,x,1"), line(4),
            line(5, "101,101,101,101,0"), "1,1,1,1,1,1", line(6, "nan,1,1,1,1"), line(6), line(7, "-1,1,1,1,1"),
            line(3),
        ])
        #expect(columns.openTimes == [0, 1, 4, 5, 6].map(hour))
        #expect(report.rows == 13 && report.accepted == 5)
        #expect(report.first == hour(0) && report.last == hour(6))
        #expect(report.duplicates == 2 && report.outOfOrder == 1)
        #expect(report.gaps == [QualityReport.Gap(from: hour(2), to: hour(4), missing: 2)] && report.missing == 2)
        #expect(report.zeroVolume == [hour(5)] && report.ohlcViolations == [hour(2)])
        #expect(report.malformed.map(\.line) == [7, 10, 11, 13])
        #expect(!report.isClean)
    }

    @Test("A clean series is called clean, and its columns are its numbers")
    func clean() throws {
        let (columns, report) = try read((0..<5).map { line($0, "100,102,99,\(100 + $0 % 3),5.5") })
        #expect(report.isClean && report.rows == 5)
        #expect(columns.close == [100, 101, 102, 100, 101] && columns.volume == [Double](repeating: 5.5, count: 5))
        #expect(columns[2].openTime == hour(2) && columns[2].high == 102 && columns[2].source == .file)
    }

    @Test("Columns in pieces are the columns in one")
    func pieces() throws {
        let rows = (0..<100).filter { $0 % 7 != 3 }.map { line($0) }
        let whole = try read(rows).0
        let table = "open_time_ms,open,high,low,close,volume\n" + rows.joined(separator: "\n")
        var reader = SeriesReader(
            try CSVCandles(
                MemoryBytes(Array(table.utf8), name: "test"), instrument: whole.instrument.name, timeframe: .hour1),
            of: whole.instrument)
        var times: [UnixNanos] = []
        while true {
            let piece = try reader.next(atMost: 9)
            guard !piece.isEmpty else { break }
            #expect(piece.count <= 9)
            times += piece.openTimes
        }
        #expect(times == whole.openTimes)
    }

    @Test("An outlier is named with its time and score")
    func outlier() throws {
        let rows = (0..<100).map { index in
            let close = index == 80 ? 500.0 : 100 + Double(index % 3) / 10
            return line(index, "100,501,99,\(close),5")
        }
        #expect(try read(rows).1.outliers.map(\.openTime) == [hour(80)])
        #expect(try read(rows, outlierScore: nil).1.outliers.isEmpty)
    }
}
