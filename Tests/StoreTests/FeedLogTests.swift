import Schema
import Store
import TestKit
import Testing

@Suite("Feed log", .timeLimit(.minutes(20)))
struct FeedLogTests {
    @Test("Batches come back as they were stored, page by page")
    func roundTrip() async throws {
        try await PostgresFixture.withDatabase { string in
            let log = FeedLog(try PostgresConnection(string))
            #expect(try log.head() == nil)
            #expect(try log.batches(after: .start, limit: 10).isEmpty)
            let batches = try Sample.batches(0..<25)
            try log.append(Array(batches[..<1]))
            try log.append(Array(batches[1...]))
            #expect(try log.batches(after: .start, limit: 100) == batches)
            #expect(try log.batches(after: .start, limit: 2) == Array(batches[..<2]))
            #expect(try log.batches(after: batches[4].watermark.position, limit: 3) == Array(batches[5..<8]))
            #expect(try log.batches(after: batches[24].watermark.position, limit: 3).isEmpty)
            let head = try #require(try log.head())
            #expect(head.watermark == batches[24].watermark)
            #expect(head.number == 25)
        }
    }

    @Test("Candles, anomalies, the places of controls and the ingestor's snapshot are stored with their batch")
    func everythingInOne() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let control = Control(id: "halt-1", change: .tradingStateChanged(.halted, reason: "test"))
            try ControlRequests(connection).submit(control)
            let entries = Sample.entries(
                [.candle(try Sample.candle(0)), .anomaly(Sample.anomaly(0)), .control(control)])
            let watermark = Watermark(position: FeedPosition(4), previous: .start, time: Sample.time(1))
            let snapshot = Snapshot(service: "ingestor", position: FeedPosition(4), batchNumber: 1, state: [9])
            let batch = LogBatch(entries: entries, watermark: watermark, number: 1)
            try FeedLog(connection).append([batch], snapshot: snapshot)
            #expect(try FeedLog(connection).batches(after: .start, limit: 1) == [batch])
            #expect(try EventStore(connection).events(.candle) == [entries[0].event])
            #expect(try EventStore(connection).events(.anomaly) == [entries[1].event])
            #expect(try ControlRequests(connection).position(of: "halt-1") == FeedPosition(3))
            #expect(try ControlRequests(connection).pending().isEmpty)
            #expect(try SnapshotStore(connection).latest("ingestor") == snapshot)
        }
    }

    @Test("Appending again what is there changes nothing")
    func idempotent() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let log = FeedLog(connection)
            let batches = try Sample.batches(0..<20)
            try log.append(batches)
            let digest = try TableDigest.digests(of: ["feed_log", "candles"], in: connection)
            try log.append(batches)
            try log.append(Array(batches[18...]))
            #expect(try TableDigest.digests(of: ["feed_log", "candles"], in: connection) == digest)
        }
    }

    @Test("Other events at stored positions are another ingestor's: fenced, and nothing is written")
    func fenced() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let log = FeedLog(connection)
            try log.append(try Sample.batches(0..<3))
            #expect(throws: StoreError.fenced) { try log.append(Sample.batches(2..<3, close: 101)) }
            #expect(throws: StoreError.fenced) { try log.append(Sample.batches(2..<4)) }
            #expect(try log.batches(after: .start, limit: 10) == Sample.batches(0..<3))
            #expect(try EventStore(connection).events(.candle).count == 9)
        }
    }

    @Test("Of two ingestors that write at once, one wins each batch, and the other is fenced")
    func race() async throws {
        try await PostgresFixture.withDatabase { string in
            let outcomes = Collected<String>()
            concurrently(2, on: string) { writer, connection in
                for number in 0..<30 {
                    let batches = try Sample.batches(number..<(number + 1), close: 101 + Double(writer) / 8)
                    do throws(StoreError) {
                        try FeedLog(connection).append(batches)
                        outcomes.append(["\(number)"])
                    } catch .fenced {
                        outcomes.append(["fenced"])
                    } catch .gap {
                        outcomes.append(["gap"])
                    }
                }
            }
            let stored = try FeedLog(try PostgresConnection(string)).batches(after: .start, limit: 100)
            let won = outcomes.values.compactMap(Int.init)
            #expect(Set(won).count == won.count)
            #expect(won.sorted() == Array(0..<stored.count))
            #expect(outcomes.values.count == 60)
        }
    }

    @Test("A batch that does not follow the last one is refused")
    func gap() async throws {
        try await PostgresFixture.withDatabase { string in
            let log = FeedLog(try PostgresConnection(string))
            try log.append(try Sample.batches(0..<1))
            #expect(throws: StoreError.gap(after: FeedPosition(8), expected: FeedPosition(4))) {
                try log.append(Sample.batches(2..<3))
            }
        }
    }
}
