import Foundation
import Market
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Data import and export", .timeLimit(.minutes(20)))
struct DataImportTests {
    static let bitcoin = Instrument("binance.BTC-USDT")

    /// Hours of a market, with a hole and a silent hour.
    static func columns(_ count: Int) throws -> CandleColumns {
        var columns = CandleColumns(instrument: bitcoin, timeframe: .hour1)
        var random = SplitMix64(seed: 9)
        for hour in 0..<count where hour != 7 {
            let price = Double.random(in: 90...110, using: &random)
            columns.append(
                try Candle(
                    instrument: bitcoin, timeframe: .hour1, openTime: UnixNanos(seconds: Int64(hour + 6) * 3600),
                    open: price, high: price + 1, low: price / 3, close: price + 0.1, volume: hour == 9 ? 0 : price / 7,
                    source: .file))
        }
        return columns
    }

    @Test("An import that is cut off anywhere and done again gives the same table")
    func resumed() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let work = CandleImport(try Self.columns(50_000), aggregatingTo: [.hour4, .day1])
            let store = CandleStore(connection)
            var steps: [Int] = []
            let cut = try work.run(store) { done in
                steps.append(done)
                return steps.count < 2
            }
            #expect(cut == nil && steps == [20_000, 40_000])
            let again = try #require(try work.run(store) { _ in true })
            #expect(again.map(\.new) == [9999, 12_499, 2082] && again.map(\.present) == [40_000, 0, 0])
            let third = try #require(try work.run(store) { _ in true })
            #expect(third.map(\.new) == [0, 0, 0] && third.map(\.different) == [0, 0, 0])
            let stored = try store.candles(Self.bitcoin, .hour1, openIn: UnixNanos(.min)..<UnixNanos(.max))
            let given = try Self.columns(50_000)
            #expect(stored == (0..<given.count).map { given[$0] })
        }
    }

    @Test("What is stored with other numbers is kept and told")
    func different() async throws {
        try await PostgresFixture.withDatabase { url in
            let store = CandleStore(try PostgresConnection(url))
            let candle = try Self.columns(1)[0]
            let other = try Candle(
                instrument: candle.instrument, timeframe: candle.timeframe, openTime: candle.openTime,
                open: candle.open, high: candle.high, low: candle.low, close: candle.close, volume: candle.volume + 1)
            #expect(try store.add([candle]).new == 1)
            let again = try store.add([other])
            #expect(again.new == 0 && again.present == 0 && again.different == 1)
            #expect(try store.candles(Self.bitcoin, .hour1, openIn: UnixNanos(.min)..<UnixNanos(.max)) == [candle])
        }
    }

    @Test("Series that a feed writes are not imported beside it, and imports are no feed to learn from")
    func fed() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let store = CandleStore(connection)
            let work = CandleImport(try Self.columns(30), aggregatingTo: [])
            try work.check(store)
            _ = try work.run(store) { _ in true }
            try work.check(store)
            #expect(try TrainingMarket.Stored(connection).instruments.isEmpty)
            let later = try Candle(
                instrument: Self.bitcoin, timeframe: .hour1, openTime: UnixNanos(0),
                open: 1, high: 1, low: 1, close: 1, volume: 1)
            try store.copy([(candle: later, position: FeedPosition(3))])
            #expect(throws: CommandFailure.self) { try work.check(store) }
            #expect(try TrainingMarket.Stored(connection).instruments == [Self.bitcoin])
        }
    }

    @Test("The list has every series with its rows, gaps and silent candles")
    func list() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            _ = try CandleImport(try Self.columns(50), aggregatingTo: [.day1]).run(CandleStore(connection)) { _ in true
            }
            let rows = try CandleInventory(connection).series().map(DataCommand.List.Row.init)
            #expect(rows.map(\.timeframe) == ["1h", "1d"] && rows.map(\.rows) == [49, 1])
            #expect(rows[0].gaps == 1 && rows[0].missing == 1 && rows[0].zeroVolume == 1 && rows[0].repaired == 0)
            #expect(rows[0].first == "1970-01-01T06:00:00Z" && rows[0].last == "1970-01-03T07:00:00Z")
            #expect(rows[1].first == "1970-01-02T00:00:00Z" && rows[1].gaps == 0)
        }
    }

    @Test("What is exported is read again to the same bits, plain and compressed", arguments: ["csv", "csv.gz"])
    func roundTrip(ending: String) throws {
        let columns = try Self.columns(3000)
        let path = try TemporaryFolder.make() + "/binance.BTC-USDT_1h.\(ending)"
        let writer = try CandleTableWriter(path: path)
        try writer.write((0..<columns.count).map { columns[$0] })
        try writer.close()
        let file = try CandleFile(path: path)
        var reader = SeriesReader(try file.candles(), of: file.instrument)
        #expect(try reader.next() == columns)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.starts(with: [0x1F, 0x8B]) == (ending == "csv.gz"))
        #expect(throws: MarketError.self) { try CandleTableWriter(path: "/nowhere/at/all.csv") }
    }
}
