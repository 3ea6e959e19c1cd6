import Foundation
import Schema
import Testing

@Suite("UnixNanos")
struct UnixNanosTests {
    @Test("A moment is written in ISO 8601, from the first to the last that 64 bits can name")
    func description() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000000001Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
            (1_758_319_200_500_000_000, "2025-09-19T22:00:00.5Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
            (Int64.min, "1677-09-21T00:12:43.145224192Z"), (Int64.max, "2262-04-11T23:47:16.854775807Z"),
        ] {
            #expect(UnixNanos(nanoseconds).description == text)
        }
    }

    @Test("A written moment is read, and nothing else is", arguments: [23] as [UInt64])
    func reading(seed: UInt64) {
        #expect(UnixNanos(iso8601: "2025-09-19") == UnixNanos(seconds: 1_758_240_000))
        #expect(UnixNanos(iso8601: "2025-09-19T22:00") == UnixNanos(seconds: 1_758_319_200))
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let moment = UnixNanos(seconds: Int64.random(in: 0...9_000_000_000, using: &random))
            #expect(UnixNanos(iso8601: moment.description) == moment)
        }
        for text in [
            "", "2025", "2025-13-01", "2025-00-10", "2025-02-29", "2025-04-31", "2025-01-00", "2025-01-01T24:00",
            "2025-01-01T10", "2025-01-01T10:60", "1969-12-31", "2262-01-01", "yesterday",
        ] {
            #expect(UnixNanos(iso8601: text) == nil, "\(text)")
        }
        #expect(UnixNanos(iso8601: "2024-02-29") != nil && UnixNanos(iso8601: "2000-02-29") != nil)
        #expect(UnixNanos(iso8601: "2100-02-29") == nil)
    }

    @Test("Milliseconds are rounded down, before 1970 too")
    func milliseconds() {
        #expect(UnixNanos(milliseconds: 1_758_319_200_123).milliseconds == 1_758_319_200_123)
        #expect(UnixNanos(1_999_999).milliseconds == 1)
        #expect(UnixNanos(-1).milliseconds == -1)
        #expect(UnixNanos(-1_000_000).milliseconds == -1)
        #expect(UnixNanos(.min).milliseconds == -9_223_372_036_855)
    }
}

@Suite("Timeframe")
struct TimeframeTests {
    @Test("A candle's open time is the last multiple of its length, before 1970 too")
    func alignment() {
        let moment = UnixNanos(seconds: 1_758_319_201)
        #expect(Timeframe.day1.openTime(containing: moment).description == "2025-09-19T00:00:00Z")
        #expect(Timeframe.hour4.openTime(containing: moment).description == "2025-09-19T20:00:00Z")
        #expect(Timeframe.minute1.openTime(containing: UnixNanos(-1)) == UnixNanos(seconds: -60))
        #expect(Timeframe.minute1.openTime(containing: UnixNanos(seconds: -60)) == UnixNanos(seconds: -60))
        for timeframe in Timeframe.allCases {
            #expect(timeframe.openTime(containing: UnixNanos(.min)) == UnixNanos(.min), "there is nothing before")
            let last = timeframe.openTime(containing: UnixNanos(.max))
            #expect(last.rawValue % timeframe.nanoseconds == 0 && Int64.max - last.rawValue < timeframe.nanoseconds)
        }
    }

    @Test("Names, lengths and order agree")
    func lengths() {
        #expect(Timeframe.allCases.map(\.rawValue) == ["1m", "5m", "15m", "30m", "1h", "4h", "1d"])
        #expect(Timeframe.allCases.map(\.minutes) == [1, 5, 15, 30, 60, 240, 1440])
        #expect(Timeframe.allCases == Timeframe.allCases.sorted())
        #expect(Timeframe.hour1.perYear == 8760 && Timeframe.day1.perYear == 365)
    }

    @Test("A candle that would end after the last moment is refused")
    func lastCandle() {
        func candle(_ openTime: Int64) throws -> Candle {
            try Candle(
                instrument: Samples.bitcoin, timeframe: .minute1, openTime: UnixNanos(openTime), open: 1, high: 1,
                low: 1,
                close: 1, volume: 0)
        }
        let last = Timeframe.minute1.openTime(containing: UnixNanos(.max))
        #expect(throws: SchemaError.misaligned(openTime: last, timeframe: .minute1)) { try candle(last.rawValue) }
        #expect(throws: SchemaError.self) { try candle(.min) }
        #expect(throws: Never.self) { try candle(last.rawValue - 60_000_000_000) }
    }
}
