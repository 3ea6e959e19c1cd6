import Foundation
import HTTP
import Schema
import TestKit
import Testing

@testable import Venues

@Suite("Binance klines")
struct BinanceKlinesTests {
    let bitcoin = Instrument("binance.BTC-USDT")

    private func cursor(from: Int64, to: Int64, asOf: Int64) -> CandleCursor {
        CandleCursor(
            instrument: bitcoin, timeframe: .minute1, from: UnixNanos(seconds: from), to: UnixNanos(seconds: to),
            asOf: UnixNanos(seconds: asOf), paging: .fromStart)
    }

    private func rows(_ json: String) throws -> [PublishedCandle] {
        try JSONDecoder().decode([BinanceKline].self, from: Data(json.utf8)).map(\.candle)
    }

    private func rows(_ indices: some Sequence<Int64>) throws -> [PublishedCandle] {
        try rows("[\(indices.map { try FakeKlines.row(minuteCandle($0)) }.joined(separator: ","))]")
    }

    private static let decimalTexts: [(String, Double?)] = [
        ("60685.22000000", 60685.22), ("0.00000001", 1e-8), ("0", 0), ("148976.11427815", 148976.11427815), ("7.", 7),
        ("-1.5", -1.5), ("nan", nil), ("inf", nil), ("0x10", nil), ("1e5", nil), ("", nil), ("-", nil), (".5", nil),
        ("1.2.3", nil), (" 1", nil), ("1 ", nil), ("+1", nil), ("--1", nil),
        ("99999999999999999999999999999999999999999999999999999999999999999", nil),
    ]

    @Test(
        "A published decimal becomes the nearest binary number, and nothing else is a decimal", arguments: decimalTexts)
    func decimals(text: String, value: Double?) { #expect(publishedDecimal(text) == value) }

    @Test("The range is asked for in the venue's inclusive milliseconds, up to the candle that is open now")
    func query() throws {
        #expect(
            cursor(from: 600, to: 6000, asOf: 1239).binanceQuery(symbol: "BTCUSDT", interval: "1m")?.encoded
                == "symbol=BTCUSDT&interval=1m&startTime=600000&endTime=1199999&limit=1000")
        #expect(
            cursor(from: 600, to: 900, asOf: 1239).binanceQuery(symbol: "BTCUSDT", interval: "1m")?.encoded
                == "symbol=BTCUSDT&interval=1m&startTime=600000&endTime=899999&limit=1000")
        #expect(cursor(from: 1200, to: 6000, asOf: 1259).window == nil)
        #expect(cursor(from: 1200, to: 6000, asOf: 1260).window != nil)
        #expect(cursor(from: 1200, to: 1200, asOf: 9999).window == nil)
    }

    @Test(
        "A candle is known from the moment it closes, not before", arguments: [(1260, 1), (1259, 0)] as [(Int64, Int)])
    func venueClockCloses(date: Int64, count: Int) throws {
        var cursor = cursor(from: 1200, to: 6000, asOf: 5000)
        #expect(try cursor.accept(rows(20...20), date: date).candles.count == count)
        // An open candle is the newest there is, so there is nothing more to ask for.
        #expect((cursor.window == nil) == (count == 0))
    }

    @Test("Rows beyond the range are dropped and end the download")
    func rowsBeyondTheRange() throws {
        var cursor = cursor(from: 1200, to: 1320, asOf: 9999)
        #expect(
            try cursor.accept(rows(20...25), date: nil).candles.map(\.openTime.milliseconds) == [1_200_000, 1_260_000])
        #expect(cursor.window == nil)
    }

    @Test("A short page does not end a download; an empty one does")
    func shortPage() throws {
        var cursor = cursor(from: 1200, to: 60_000, asOf: 99_999)
        _ = try cursor.accept(rows([20, 21, 25]), date: nil)
        #expect(cursor.binanceQuery(symbol: "BTCUSDT", interval: "1m")?.encoded.contains("startTime=1560000") == true)
        #expect(try cursor.accept([], date: nil) == CandlePage(candles: []))
        #expect(cursor.window == nil)
    }

    @Test("Rows out of order are an error, not candles", arguments: [[20, 22, 21], [20, 20], [19, 20]] as [[Int64]])
    func disorder(indices: [Int64]) throws {
        var cursor = cursor(from: 1200, to: 60_000, asOf: 99_999)
        let rows = try rows(indices)
        #expect(throws: CandleDisorder.self) { try cursor.accept(rows, date: nil) }
    }

    @Test("A row whose prices contradict each other is reported, and its neighbours are kept")
    func contradiction() throws {
        var cursor = cursor(from: 0, to: 60_000, asOf: 99_999)
        let rows = try rows(
            """
            [[60000,"5","4","1","2","1",119999,"0",1,"0","0","0"],[120000,"2","4","1","2","-1",0],
             [180001,"2","4","1","2","1",0],[240000,"2","4","1","2","1",0]]
            """)
        let page = try cursor.accept(rows, date: nil)
        #expect(page.candles.map(\.openTime.milliseconds) == [240_000])
        #expect(page.anomalies.map(\.kind) == [.ohlcViolation, .malformed, .malformed])
        #expect(page.anomalies.map(\.time.milliseconds) == [60_000, 120_000, 180_001])
    }

    @Test("Junk is an error, never a crash", arguments: 0..<300 as Range<UInt64>)
    func junk(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = Array("[\(try FakeKlines.row(minuteCandle(20))),\(try FakeKlines.row(minuteCandle(21)))]".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            case 1: bytes.insert(contentsOf: "9[\",]-".utf8.shuffled(using: &random), at: bytes.count / 2)
            default: bytes.removeLast(Int.random(in: 1...bytes.count / 2, using: &random))
            }
        }
        var cursor = cursor(from: 0, to: 60_000, asOf: 99_999)
        // Whatever still reads as rows may hold at most the two candles that were there.
        guard let rows = try? JSONDecoder().decode([BinanceKline].self, from: Data(bytes)),
            let page = try? cursor.accept(rows.map(\.candle), date: nil)
        else { return }
        #expect(page.candles.count <= 2)
    }
}
