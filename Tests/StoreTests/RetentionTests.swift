import Schema
import Store
import TestKit
import Testing

@Suite("Retention", .timeLimit(.minutes(20)))
struct RetentionTests {
    private static let stages = ["executor", "risk-gate"]

    /// A feed of hourly batches of two events each, the executor's books at each, and a metric.
    private static func fill(_ connection: PostgresConnection, batches: Int) throws {
        try connection.runScript(
            """
            INSERT INTO feed_log (position, batch, kind, version, topic, trace, sequence, ordinal, event_time, payload)
            SELECT 2 * b - 1, 2 * b, 1, 1, 't', 1, b, 0, timestamptz '2024-01-01' + b * interval '1 hour', ''
            FROM generate_series(1, \(batches)) AS b;
            INSERT INTO feed_log (position, batch, kind, version, topic, trace, sequence, ordinal, event_time, payload)
            SELECT 2 * b, 2 * b, 4, 1, 'w', 1, b, 1, timestamptz '2024-01-01' + b * interval '1 hour', ''
            FROM generate_series(1, \(batches)) AS b;
            INSERT INTO accounts (position, time, cash, equity)
            SELECT 2 * b, timestamptz '2024-01-01' + b * interval '1 hour', 1, 1 FROM generate_series(1, \(batches)) AS b;
            INSERT INTO positions (position, instrument, quantity, average_price, mark_price, realised, fees)
            SELECT position, 'x', 1, 1, 1, 0, 0 FROM accounts;
            INSERT INTO metrics (name, label, time, value, position)
            SELECT 'm', 'l', time, 1, position FROM accounts;
            INSERT INTO decisions (id, model, instrument, time, state, action, target_quantity, order_quantity, verdicts,
                position, trace)
            SELECT 'd' || position, 'm', 'x', time, 'active', 'hold', 0, 0, '[]', position, 1 FROM accounts;
            INSERT INTO orders (client_id, decision_id, instrument, side, kind, quantity, time_in_force, reduce_only,
                post_only, time, position, trace)
            SELECT 'o', 'd2', 'x', 'buy', 'market', 1, 'gtc', false, false, time, position, 1
            FROM accounts WHERE position = 2;
            """)
    }

    private static func snapshot(_ service: String, _ position: UInt64) -> Snapshot {
        Snapshot(service: service, position: FeedPosition(position), batchNumber: 1, state: [1])
    }

    private static let cutoff = UnixNanos(iso8601: "2024-01-03T00:00:00Z")!  // 48 batches of 100
    private static let far = FeedPosition(1_000_000)

    private static func count(_ table: String, _ connection: PostgresConnection) throws -> Int64 {
        try connection.run("SELECT count(*) FROM \(name: table)")[0].value(0)
    }

    @Test("Nothing may go while a stage has no snapshot, and then up to the oldest that any stage keeps")
    func floor() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let (retention, snapshots) = (Retention(connection), SnapshotStore(connection))
            #expect(try retention.floor(of: Self.stages) == nil)
            for position in [40, 80] as [UInt64] { try snapshots.save(Self.snapshot("executor", position)) }
            #expect(try retention.floor(of: Self.stages) == nil)
            try snapshots.save(Self.snapshot("risk-gate", 60))
            #expect(try retention.floor(of: Self.stages) == FeedPosition(40))
        }
    }

    @Test(
        "What is older than the cutoff and below the floor is due, and nothing else goes",
        arguments: [
            (Retention.Subject.metrics, FeedPosition(1_000_000), ["metrics": 47]),
            (.metrics, FeedPosition(20), ["metrics": 10]),
            (.accounts, FeedPosition(1_000_000), ["positions": 47, "accounts": 47]),
            (.decisions, FeedPosition(1_000_000), ["decisions": 46]),
            (.feed, FeedPosition(1_000_000), ["feed_log": 94]),
            (.feed, FeedPosition(21), ["feed_log": 20]),
        ] as [(Retention.Subject, FeedPosition, [String: Int64])])
    func due(subject: Retention.Subject, floor: FeedPosition, expected: [String: Int64]) async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try Self.fill(connection, batches: 100)
            let retention = Retention(connection)
            let tables = ["feed_log", "accounts", "positions", "metrics", "decisions", "orders"]
            let before = try Dictionary(uniqueKeysWithValues: tables.map { ($0, try Self.count($0, connection)) })
            let due = try retention.due(subject, before: Self.cutoff, floor: floor, silence: 1)
            #expect(Dictionary(uniqueKeysWithValues: due.map { ($0.table, $0.rows) }) == expected)
            #expect(due.allSatisfy { $0.total == before[$0.table] && $0.bytes > 0 })
            // By small parts, so that there are several.
            var (parts, deleted) = (0, 0)
            while true {
                let count = try retention.deleteSome(subject, before: Self.cutoff, floor: floor, silence: 1, limit: 16)
                guard count > 0 else { break }
                (parts, deleted) = (parts + 1, deleted + count)
            }
            #expect(parts > 1 || expected.values.allSatisfy { $0 <= 16 })
            #expect(Int64(deleted) == expected.values.reduce(0, +))
            for table in tables {
                let left = try Self.count(table, connection)
                #expect(left == (before[table] ?? 0) - (expected[table] ?? 0), "\(table)")
            }
        }
    }

    @Test("The feed goes by whole batches from its beginning, and its last one always stays")
    func feed() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try Self.fill(connection, batches: 30)
            let retention = Retention(connection)
            let later = UnixNanos(iso8601: "2030-01-01T00:00:00Z")!  // a literal that is well formed
            while try retention.deleteSome(.feed, before: later, floor: Self.far, silence: 1, limit: 16) > 0 {
                let row = try connection.run("SELECT min(position) AS first, count(*) AS rows FROM feed_log")[0]
                #expect(try row.value("first", as: Int64.self) % 2 == 1)
            }
            #expect(try Self.count("feed_log", connection) == 2)
            #expect(try connection.run("SELECT max(position) FROM feed_log")[0].value(0) as Int64 == 60)
            while try retention.deleteSome(.accounts, before: later, floor: Self.far, silence: 1) > 0 {}
            #expect(try Self.count("accounts", connection) == 1 && Self.count("positions", connection) == 1)
        }
    }

    @Test("A service's last word goes when it is older than the given time, whatever the feed's")
    func statuses() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try connection.runScript(
                """
                INSERT INTO service_status (name, pid, started_at, updated_at, ready, position, lag_ms, rss_bytes,
                    restarts, endpoint)
                SELECT 's' || age, 1, now(), now() - age * interval '1 hour', true, 1, 0, 1, 0, ''
                FROM generate_series(0, 3) AS age
                """)
            let retention = Retention(connection)
            let due = try retention.due(.statuses, before: UnixNanos(0), floor: .start, silence: 5400)
            #expect(due.map(\.rows) == [2])
            #expect(try retention.deleteSome(.statuses, before: UnixNanos(0), floor: .start, silence: 5400) == 2)
        }
    }

    @Test("A training that waits or is under way needs the feed")
    func training() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            #expect(try !Retention(connection).isFeedInUse())
            try JobQueue(connection).submit("train", payload: "{}", key: "a")
            #expect(try Retention(connection).isFeedInUse())
            let lease = try #require(try JobQueue(connection).claim(["train"], owner: "o", seconds: 100))
            #expect(try Retention(connection).isFeedInUse())
            try JobQueue(connection).complete(lease, result: "{}")
            #expect(try !Retention(connection).isFeedInUse())
        }
    }
}
