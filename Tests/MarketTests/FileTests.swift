import Foundation
import Schema
import Testing

@testable import Market

@Suite("Numbers in text")
struct NumberTextTests {
    func parsed(_ text: String) -> Double? { Array(text.utf8).withUnsafeBufferPointer { NumberText.double($0) } }

    @Test("A number is the double that Swift reads in the same text")
    func equalsSwift() {
        var random = SplitMix64(seed: 7)
        var different: [String] = []
        for round in 0..<50_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let text: String
            switch round % 4 {
            case 0: text = "\(value)"
            case 1: text = "\(Double(random.next() % 100_000_000_000) / 1e5)"
            case 2: text = "\(random.next() % 1_000_000).\(random.next())"
            default: text = "-\(random.next() % 10_000).\(random.next() % 100_000)"
            }
            if parsed(text)?.bitPattern != Double(text)?.bitPattern { different.append(text) }
        }
        #expect(different == [])
    }

    @Test("Two million decimals of any length are read as strtod reads them", arguments: [1, 2] as [UInt64])
    func equalsC(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var different: [String] = []
        for _ in 0..<1_000_000 {
            // Up to 20 digits, of which any number is behind the point.
            var digits = String(random.next() >> (random.next() % 64))
            let places = Int(random.next() % 22)
            digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
            let text = "\(digits.dropLast(places)).\(digits.suffix(places))"
            if parsed(text)?.bitPattern != strtod(text, nil).bitPattern { different.append(text) }
        }
        #expect(different == [])
    }

    @Test("Numbers half way between two doubles go to the even one")
    func halfWay() {
        for text in [
            "9007199254740993", "9007199254740995", "4503599627370497.5", "4503599627370498.5", "0.5000000000000000555",
            "1125899906842624.125", "1125899906842624.375", "18014398509481986", "18014398509481990",
        ] {
            #expect(parsed(text)?.bitPattern == strtod(text, nil).bitPattern, "\(text)")
        }
    }

    @Test(
        "Other text is refused",
        arguments: ["", ".", "-", "1.2.3", "1,2", " 1", "1 ", "0x10", "nan", "inf", "1e", "--1", "1-2", "abc"])
    func refused(text: String) { #expect(parsed(text) == nil) }

    @Test(
        "Extremes of length are read",
        arguments: [
            "0", "-0", "0.000000000000000000000000000001", "123456789012345678901234567890", "1e308", "4.9e-324",
            "000000000000000000000000.5", ".5", "5.",
        ])
    func extremes(text: String) {
        let swift: Double? = text == ".5" ? 0.5 : text == "5." ? 5 : Double(text)
        #expect(parsed(text)?.bitPattern == swift?.bitPattern)
    }
}

@Suite("Files of candles")
struct FileTests {
    static let bitcoin = Instrument("binance.BTC-USDT")

    func records(_ text: String) throws -> [CandleRecord] {
        var reader = try CSVCandles(
            MemoryBytes(Array(text.utf8), name: "test"), instrument: "binance.BTC-USDT", timeframe: .hour1)
        var result: [CandleRecord] = []
        while let record = try reader.next() { result.append(record) }
        return result
    }

    @Test("Columns are found by name, in any order, and line ends of both kinds are read")
    func header() throws {
        let table =
            "volume,close,extra,open_time_ms,Low,high,open\r\n7,101,x,3600000,99,102,100\r\n\r\n8,1,y,7200000,1,1,1"
        #expect(
            try records(table) == [
                .candle(
                    CandleRow(
                        instrument: "binance.BTC-USDT", timeframe: .hour1, openMilliseconds: 3_600_000, open: 100,
                        high: 102,
                        low: 99, close: 101, volume: 7, source: .file)),
                .candle(
                    CandleRow(
                        instrument: "binance.BTC-USDT", timeframe: .hour1, openMilliseconds: 7_200_000, open: 1,
                        high: 1,
                        low: 1, close: 1, volume: 8, source: .file)),
            ])
    }

    @Test("A missing column is an error that names it")
    func missingColumn() {
        #expect(throws: MarketError.column(path: "test", missing: "close", header: "open_time,open,high,low,volume")) {
            try records("open_time,open,high,low,volume\n")
        }
        #expect(throws: MarketError.self) { try records("") }
    }

    @Test("A bad line is given as such, with its number, and the rest is read")
    func badLines() throws {
        let table = """
            open_time,open,high,low,close,volume
            0,1,1,1,1,1
            3600000,1,1,x,1,1
            7200000,1,1,1
            soon,1,1,1,1,1
            10800000,2,2,2,2,2,more
            """
        let found = try records(table)
        #expect(found.count == 5)
        #expect(found[1] == .malformed(line: 3, reason: "number \"x\" in column 4"))
        #expect(found[2] == .malformed(line: 4, reason: "fewer than 6 columns"))
        #expect(found[3] == .malformed(line: 5, reason: "open time \"soon\""))
        guard case .candle(let last) = found[4] else {
            Issue.record("the last line is a candle")
            return
        }
        #expect(last.close == 2)
    }

    @Test("Lines are whole however the source cuts them")
    func chunks() throws {
        final class Trickle: ByteSource {
            let name = "trickle"
            private var rest: ArraySlice<UInt8>
            private var random = SplitMix64(seed: 3)
            init(_ text: String) { rest = ArraySlice(Array(text.utf8)) }
            func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
                let count = min(rest.count, buffer.count, Int(random.next() % 5) + 1)
                for (offset, byte) in rest.prefix(count).enumerated() { buffer[offset] = byte }
                rest = rest.dropFirst(count)
                return count
            }
        }
        let lines = (0..<300).map { "line \($0) " + String(repeating: "z", count: $0 % 90) }
        var reader = LineReader(Trickle(lines.joined(separator: "\n")), capacity: 16)
        var read: [String] = []
        while let line = try reader.next({ String(decoding: $0, as: UTF8.self) }) { read.append(line) }
        #expect(read == lines)
        #expect(reader.line == 300)
    }

    @Test("A table of random bytes is read to its end without a trap")
    func junk() throws {
        var random = SplitMix64(seed: 11)
        let alphabet = Array("0123456789.,-e\n\r x\"".utf8) + [0, 255]
        for _ in 0..<300 {
            var bytes = Array("open_time,open,high,low,close,volume\n".utf8)
            for _ in 0..<400 { bytes.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
            var reader = try CSVCandles(MemoryBytes(bytes, name: "junk"), instrument: "x", timeframe: .hour1)
            while try reader.next() != nil {}
            #expect(reader.line > 1)
        }
    }
}
