import Schema
import Store
import TestKit
import Testing

@Suite("Candle store", .timeLimit(.minutes(20)))
struct CandleStoreTests {
    private func filled(_ connection: PostgresConnection) throws -> [Candle] {
        let candles = try (0..<500).map { try Sample.candle($0) }
        let others = try (0..<10).map { try Sample.candle($0, of: Sample.ether) }
        let rows = (others + candles.reversed()).enumerated().map { ($1, FeedPosition(UInt64($0))) }
        #expect(try CandleStore(connection).copy(rows.map { (candle: $0.0, position: $0.1) }) == 510)
        return candles
    }

    @Test("Candles come back bit for bit, by open time, of one instrument, in the range asked for")
    func ranges() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let candles = try filled(connection)
            let store = CandleStore(connection)
            let all = try store.candles(Sample.bitcoin, .minute1, openIn: UnixNanos(.min)..<UnixNanos(.max))
            #expect(all == candles)
            #expect(
                try store.candles(Sample.bitcoin, .minute1, openIn: Sample.time(3)..<Sample.time(7))
                    == Array(candles[3..<7]))
            let nearly = Sample.time(3).advanced(by: 1)..<Sample.time(7).advanced(by: 1)
            #expect(try store.candles(Sample.bitcoin, .minute1, openIn: nearly) == Array(candles[4...7]))
            #expect(try store.candles(Sample.bitcoin, .hour1, openIn: Sample.time(0)..<Sample.time(600)).isEmpty)
            #expect(try store.span(Sample.bitcoin, .minute1) == Sample.time(0)...Sample.time(499))
            #expect(try store.span(Sample.bitcoin, .day1) == nil)
        }
    }

    @Test("A reader at a moment never sees a candle that had not closed by then")
    func looksOnlyBack() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let candles = try filled(connection)
            let store = CandleStore(connection)
            let all = Sample.time(0)..<Sample.time(600)
            let (close, before) = (candles[9].closeTime, candles[9].closeTime.advanced(by: -1))
            #expect(try store.candles(Sample.bitcoin, .minute1, openIn: all, closedBy: close) == Array(candles[...9]))
            #expect(try store.candles(Sample.bitcoin, .minute1, openIn: all, closedBy: before) == Array(candles[...8]))
            #expect(try store.last(3, Sample.bitcoin, .minute1, at: close) == Array(candles[7...9]))
            #expect(try store.last(3, Sample.bitcoin, .minute1, at: before) == Array(candles[6...8]))
        }
    }

    @Test("Plain COPY refuses a candle that is there, and writes none")
    func refuses() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            _ = try filled(connection)
            let error = #expect(throws: StoreError.self) {
                try CandleStore(connection).copy(
                    [(candle: Sample.candle(1000), position: FeedPosition(1)), (Sample.candle(3), FeedPosition(2))])
            }
            #expect(error?.sqlState == "23505")
            #expect(try CandleStore(connection).span(Sample.bitcoin, .minute1)?.upperBound == Sample.time(499))
        }
    }
}
