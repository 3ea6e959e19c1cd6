import Schema
import Store
import TestKit
import Testing

@Suite("Event store", .timeLimit(.minutes(20)))
struct EventStoreTests {
    private static let kinds: [Message.Kind] = [
        .candle, .anomaly, .prediction, .decision, .order, .orderEvent, .fill, .account, .metric,
    ]

    /// Everything in the tables, as messages.
    private func stored(_ store: EventStore) throws -> Set<Event> {
        Set(try Self.kinds.flatMap { try store.events($0) })
    }

    /// Few rows go as parameters of an INSERT, many by COPY.
    @Test("Every message comes back as it was, whether few are written or many", arguments: [1, 150])
    func everythingComesBack(_ count: Int) async throws {
        try await PostgresFixture.withDatabase { string in
            let store = EventStore(try PostgresConnection(string))
            let entries = Sample.entries(try (0..<count).flatMap { try Sample.everything($0) })
            let saved = try store.save(entries)
            // One row each, and two positions in each account.
            #expect(saved.inserted == entries.count + 2 * count)
            #expect(try stored(store) == Set(entries.map(\.event)))
        }
    }

    @Test("Saving again changes nothing, and says what was new", arguments: [1, 150])
    func idempotent(_ count: Int) async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let store = EventStore(connection)
            let first = Sample.entries(try (0..<count).flatMap { try Sample.everything($0) })
            let saved = try store.save(first)
            #expect(Set(saved.newOrders) == Set((0..<count).map { "order-\($0)" }))
            let digests = try TableDigest.digests(of: TableDigest.results, in: connection)
            for _ in 0..<2 {
                let again = try store.save(first)
                #expect(again.inserted == 0)
                #expect(again.newOrders.isEmpty)
            }
            let more = Sample.entries(try (0...count).map { .order(try Sample.order($0)) })
            // The positions of a repeated order are a part of it.
            #expect(throws: StoreError.self) { try store.save(more) }
            #expect(try TableDigest.digests(of: TableDigest.results, in: connection) == digests)
        }
    }

    @Test("Of orders written before, only the new ones are reported as new")
    func newOrders() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = EventStore(try PostgresConnection(string))
            let orders = Sample.entries(try (0..<40).map { .order(try Sample.order($0)) })
            #expect(try store.saveOrders(Array(orders[..<3])) == ["order-0", "order-1", "order-2"])
            #expect(try store.saveOrders(Array(orders[2..<4])) == ["order-3"])
            #expect(try store.saveOrders(orders) == Set((4..<40).map { "order-\($0)" }))
        }
    }

    @Test("A row with other content under the same key is a conflict, and nothing of the batch is written")
    func conflicts() async throws {
        let zero = try Sample.candle(2, close: 100.1)
        let changed: [(Message, table: String, key: String)] = [
            (
                .candle(try Sample.candle(2, close: 101.25.nextUp)), "candles",
                "binance.BTC-USDT 1m 2023-11-14 22:16:00+00"
            ),
            (.candle(zero), "candles", "binance.BTC-USDT 1m 2023-11-14 22:16:00+00"),
            (.prediction(Sample.prediction(2, probability: 0.625.nextDown)), "predictions", ""),
            (.prediction(Sample.forecast(2, uncertainty: 0.3)), "predictions", ""),
            (.prediction(Sample.forecast(2, logReturn: -1.0.nextUp / 3)), "predictions", ""),
            (.order(try Sample.order(2, quantity: "0.500000000001")), "orders", "order-2"),
            (.fill(try Sample.fill(2, fee: "0.01")), "fills", "order-2/1"),
            (.account(try Sample.account(2, cash: "0")), "accounts", ""),
        ]
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let store = EventStore(connection)
            let entries = Sample.entries(try (0..<5).flatMap { try Sample.everything($0) })
            try store.save(entries)
            let before = try stored(store)
            for padding in [0, 140] {
                for (message, table, key) in changed {
                    let at = try #require(entries.first { $0.event.message.isSameKey(as: message) })
                    let conflict = LogEntry(
                        event: Event(position: at.event.position, message), sequence: at.sequence, ordinal: at.ordinal)
                    let others = Sample.entries(
                        try (100..<(101 + padding)).flatMap { try Sample.everything($0) }, from: 900)
                    let error = #expect(throws: StoreError.self) { try store.save(others + [conflict]) }
                    guard case .conflict(table, let found) = error else {
                        Issue.record("\(table): \(String(describing: error))")
                        continue
                    }
                    #expect(key.isEmpty || found == key)
                }
            }
            #expect(try stored(store) == before)
        }
    }

    @Test("Negative zero is not zero where rows are compared")
    func negativeZero() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = MetricStore(try PostgresConnection(string))
            let metric = { Metric(name: "drawdown", label: "all", time: Sample.time(0), value: $0) }
            try store.save([metric(0.0)], position: FeedPosition(1))
            try store.save([metric(0.0)], position: FeedPosition(1))
            #expect(throws: StoreError.self) { try store.save([metric(-0.0)], position: FeedPosition(1)) }
            try store.save(
                [Metric(name: "x", label: "y", time: Sample.time(0), value: .nan)], position: FeedPosition(1))
            try store.save(
                [Metric(name: "x", label: "y", time: Sample.time(0), value: -.nan)], position: FeedPosition(1))
        }
    }

    @Test("A key that comes twice in one batch is one row, or a conflict")
    func twiceInOneBatch() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = EventStore(try PostgresConnection(string))
            let entry = try #require(Sample.entries([.fill(try Sample.fill(1))]).first)
            #expect(try store.save([entry, entry]).inserted == 1)
            let other = try #require(Sample.entries([.fill(try Sample.fill(2))]).first)
            let changed = try #require(Sample.entries([.fill(try Sample.fill(2, fee: "7"))]).first)
            #expect(throws: StoreError.conflict(table: "fills", key: "order-2/1")) { try store.save([other, changed]) }
            #expect(try store.events(.fill).count == 1)
        }
    }

    @Test("A snapshot is kept with the entries, or not at all")
    func snapshot() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let store = EventStore(connection)
            func snapshot(_ position: UInt64) -> Snapshot {
                Snapshot(service: "executor", position: FeedPosition(position), batchNumber: 3, state: [1, 2, 3])
            }
            try store.save(Sample.entries([.fill(try Sample.fill(1))]), snapshot: snapshot(10))
            #expect(throws: StoreError.self) {
                try store.save(Sample.entries([.fill(try Sample.fill(1, fee: "7"))]), snapshot: snapshot(20))
            }
            #expect(try SnapshotStore(connection).latest("executor") == snapshot(10))
        }
    }

    @Test("Events are read by position, from one to another, and no more than asked for")
    func ranges() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = EventStore(try PostgresConnection(string))
            try store.save(Sample.entries(try (0..<10).map { .fill(try Sample.fill($0)) }))
            let some = try store.events(.fill, after: FeedPosition(3), upTo: FeedPosition(8), limit: 4)
            #expect(some.map(\.position.rawValue) == [4, 5, 6, 7])
        }
    }
}

extension Message {
    /// Whether two samples stand in the same row.
    fileprivate func isSameKey(as other: Message) -> Bool {
        switch (self, other) {
        case (.candle(let mine), .candle(let its)): mine.openTime == its.openTime
        case (.prediction(let mine), .prediction(let its)): mine.model == its.model && mine.openTime == its.openTime
        case (.order(let mine), .order(let its)): mine.clientID == its.clientID
        case (.fill(let mine), .fill(let its)): mine.id == its.id
        case (.account(let mine), .account(let its)): mine.time == its.time
        default: false
        }
    }
}
