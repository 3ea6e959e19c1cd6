import Schema
import Store
import TestKit
import Testing

/// Users belong to the whole server, so that one test at a time makes them.
@Suite("Database roles", .timeLimit(.minutes(20)), .serialized)
struct DatabaseRoleTests {
    /// Calls `body` with a database in which the roles are applied.
    private func withRoles(_ body: (String) throws -> Void) async throws {
        try await PostgresFixture.withDatabase { string in
            let roles = DatabaseRoles(try PostgresConnection(string))
            try roles.apply()
            try roles.apply()
            try body(string)
        }
    }

    private static func connection(_ string: String, as service: String) throws -> PostgresConnection {
        try PostgresConnection("\(string) user=\(DatabaseRoles.name(of: service))")
    }

    @Test("Where the users have rights, what a migration adds is given to them; elsewhere they stay without")
    func inUse() async throws {
        let found = try await PostgresFixture.withDatabase { string in
            let roles = DatabaseRoles(try PostgresConnection(string))
            let before = try roles.areInUse()
            try roles.apply()
            return [before, try roles.areInUse()]
        }
        #expect(found == [false, true])
    }

    private static let services = [
        "ingestor", "synthetic-generator", "feature-builder", "inference-server", "risk-gate", "executor",
        "metrics-recorder", "trainer", "operator", "retention",
    ]

    /// Which of INSERT, UPDATE and DELETE each service may do, table by table; whatever is not here is refused.
    private static let writes: [String: [String: String]] = [
        "ingestor": [
            "feed_log": "I", "candles": "I", "anomalies": "I", "control_requests": "IU", "feed_status": "IU",
            "snapshots": "IUD", "service_status": "IUD",
        ],
        "synthetic-generator": ["service_status": "IUD"],
        "feature-builder": ["snapshots": "IUD", "service_status": "IUD", "shard_claims": "IUD"],
        "inference-server": [
            "anomalies": "I", "predictions": "I", "snapshots": "IUD", "service_status": "IUD", "shard_claims": "IUD",
        ],
        "risk-gate": [
            "decisions": "I", "orders": "I", "snapshots": "IUD", "service_status": "IUD", "shard_claims": "IUD",
        ],
        "executor": [
            "order_events": "I", "fills": "I", "accounts": "I", "positions": "I", "snapshots": "IUD",
            "service_status": "IUD", "shard_claims": "IUD",
        ],
        "metrics-recorder": [
            "metrics": "I", "snapshots": "IUD", "service_status": "IUD", "shard_claims": "IUD",
        ],
        "trainer": [
            "jobs": "IU", "model_versions": "I", "trials": "I", "model_aliases": "IU", "model_alias_history": "I",
            "control_requests": "I", "service_status": "IUD", "rank_groups": "IUD", "rank_seats": "IUD",
            "rank_notes": "IUD",
        ],
        "operator": ["jobs": "IU", "control_requests": "I", "model_aliases": "IU", "model_alias_history": "I"],
        "retention": Dictionary(
            uniqueKeysWithValues: [
                "metrics", "accounts", "positions", "predictions", "decisions", "anomalies", "service_status",
                "feed_log", "candles",
            ].map { ($0, "D") }),
    ]

    @Test("A service can write only what is its own, in every table, by every kind of statement")
    func writes() async throws {
        try await withRoles { string in
            let tables: [String] = try PostgresConnection(string).run(
                "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).map { try $0.value(0) }
            #expect(tables.contains("fills") && tables.contains("schema_migrations"))
            for service in Self.services {
                let connection = try Self.connection(string, as: service)
                for table in tables {
                    let statements = [
                        ("I", "INSERT INTO \(table) DEFAULT VALUES"),
                        ("U", "UPDATE \(table) SET \(try Self.column(of: table, connection)) = DEFAULT WHERE false"),
                        ("D", "DELETE FROM \(table) WHERE false"), ("T", "TRUNCATE \(table)"),
                    ]
                    let permitted = try statements.filter { try Self.isPermitted($0.1, connection) }.map(\.0).joined()
                    #expect(permitted == Self.writes[service]?[table] ?? "", "\(service) on \(table)")
                }
            }
        }
    }

    private static func column(of table: String, _ connection: PostgresConnection) throws -> String {
        // An identity's only permitted new value is DEFAULT, so that any column does.
        try connection.run(
            """
            SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(\(table)) AND attnum > 0
            AND NOT attisdropped ORDER BY attnum LIMIT 1
            """)[0].value(0)
    }

    /// Whether the server lets the user try; nothing is changed.
    private static func isPermitted(_ statement: String, _ connection: PostgresConnection) throws -> Bool {
        do {
            try connection.transaction { () throws(StoreError) in
                try connection.runScript(statement)
                throw .stopped
            }
        } catch StoreError.stopped {
            return true
        } catch {
            // Whoever may not, hears so before a row is looked at; a row without its values is refused otherwise.
            return error.sqlState != "42501" || error.message.contains("row-level security")
        }
        return true
    }

    @Test("A service writes its own snapshots and status, and neither changes nor deletes another's")
    func ownRows() async throws {
        try await withRoles { string in
            let executor = try Self.connection(string, as: "executor")
            let gate = try Self.connection(string, as: "risk-gate")
            func snapshot(_ service: String, _ state: UInt8) -> Snapshot {
                Snapshot(service: service, position: FeedPosition(5), batchNumber: 1, state: [state])
            }
            try SnapshotStore(executor).save(snapshot("executor", 1))
            try SnapshotStore(gate).save(snapshot("risk-gate", 1))
            for position: UInt64 in [7, 9] {
                try SnapshotStore(gate).save(
                    Snapshot(service: "risk-gate", position: FeedPosition(position), batchNumber: 2, state: []))
            }
            for service in ["risk-gate", "ingestor"] {
                #expect { try SnapshotStore(executor).save(snapshot(service, 2)) } throws: {
                    ($0 as? StoreError)?.sqlState == "42501"
                }
            }
            try executor.run("UPDATE snapshots SET state = '' WHERE service = 'risk-gate'")
            try executor.run("DELETE FROM snapshots WHERE service = 'risk-gate'")
            #expect(
                try SnapshotStore(gate).latest("risk-gate", atOrBefore: FeedPosition(5)) == snapshot("risk-gate", 1))
            // Pruning looks at all, and deletes one's own.
            try SnapshotStore(executor).save(
                Snapshot(service: "executor", position: FeedPosition(9), batchNumber: 2, state: []))
            #expect(try SnapshotStore(executor).prune(["executor", "risk-gate"]) == 1)
            #expect(try SnapshotStore(gate).positions("risk-gate").count == 3)
            #expect(try SnapshotStore(gate).prune(["executor", "risk-gate"]) == 2)
        }
    }

    @Test("A shard writes snapshots under its name and claims under its service's, and no other service's")
    func shards() async throws {
        try await withRoles { string in
            let builder = try Self.connection(string, as: "feature-builder")
            func snapshot(_ node: String) -> Snapshot {
                Snapshot(service: node, position: FeedPosition(5), batchNumber: 1, state: [])
            }
            try SnapshotStore(builder).save(snapshot("feature-builder.1of2"))
            #expect(
                try ShardClaims(builder).claim("feature-builder", shards: 2, holder: "a", seconds: 60)
                    == Shard(0, of: 2))
            #expect { try SnapshotStore(builder).save(snapshot("inference-server.1of2")) } throws: {
                ($0 as? StoreError)?.sqlState == "42501"
            }
            #expect {
                try ShardClaims(builder).claim("inference-server", shards: 2, holder: "a", seconds: 60)
            } throws: {
                ($0 as? StoreError)?.sqlState == "42501"
            }
        }
    }

    @Test("Every service can do its own work as its own user")
    func ownWork() async throws {
        try await withRoles { string in
            // The owner notes what is applied, as `tidegate prepare database` does; every user reads it before all else.
            for service in Self.services { try SchemaCompatibility(Self.connection(string, as: service)).check() }
            try feed(as: "ingestor", string)
            try events(string)
            try training(string)
            try retention(string)
        }
    }

    private func feed(as service: String, _ string: String) throws {
        let connection = try Self.connection(string, as: service)
        try connection.listen(ControlRequests.channel)
        try ControlRequests(Self.connection(string, as: "operator")).submit(
            Control(id: "halt", change: .tradingStateChanged(.halted, reason: "x")))
        #expect(try ControlRequests(connection).pending().count == 1)
        let batches = try Sample.batches(0..<4)
        try FeedLog(connection).append(
            batches, snapshot: Snapshot(service: service, position: FeedPosition(16), batchNumber: 4, state: [1]))
        // Again, as after a lost answer: the rows are compared in a staging table.
        try FeedLog(connection).append(batches)
        #expect(try FeedLog(connection).batches(after: .start, limit: 10).count == 4)
        try ControlRequests(connection).place(
            Control(id: "halt", change: .tradingStateChanged(.halted, reason: "x")), at: FeedPosition(3))
        try FeedStatusStore(connection).save(
            FeedStatus(
                source: "file", detail: "x", from: nil, to: nil, reached: nil, batches: 4, expected: nil,
                isFinished: false))
        #expect(try ModelRegistry(connection).aliases().isEmpty)
    }

    /// Many rows go another way than few, and rows that are there already a third.
    private func events(_ string: String) throws {
        let kinds: [(String, [Message.Kind])] = [
            ("inference-server", [.prediction, .anomaly]), ("risk-gate", [.decision, .order]),
            ("executor", [.orderEvent, .fill, .account]), ("metrics-recorder", [.metric]),
        ]
        let entries = Sample.entries(try (0..<150).flatMap { try Sample.everything($0) })
        for (service, kinds) in kinds {
            let connection = try Self.connection(string, as: service)
            let own = entries.filter { kinds.contains($0.event.message.kind) }
            for few in [Array(own[..<3]), own, own] { try EventStore(connection).save(few) }
            let status = ServiceStatus(
                name: service, processID: 1, startedAt: Sample.time(0), updatedAt: Sample.time(0), isReady: true,
                position: .start, lagMilliseconds: 0, residentBytes: 1, restarts: 0, endpoint: "")
            for _ in 0..<2 { try StatusStore(connection).save(status) }
            try StatusStore(connection).forget(service, instance: "", lastHeard: Sample.time(1))
        }
        let dashboard = try Self.connection(string, as: "metrics-recorder")
        #expect(try DashboardQueries(dashboard).totals().fills == 150)
    }

    /// Divides a job, does its child, and takes it again.
    private func divide(_ lease: JobLease, as trainer: PostgresConnection) throws -> JobLease {
        let jobs = JobQueue(trainer)
        for _ in 0..<2 {
            try jobs.divide(lease, into: [JobOrder(kind: "fit", payload: "{}", key: "a/0")], checkpoint: [2])
        }
        let child = try #require(try jobs.claim(["fit", "train"], owner: "one", seconds: 60))
        try jobs.complete(child, result: "{}", output: [3])
        #expect(try jobs.output(of: child.job.id) == [3])
        try jobs.dropOutputs(ofChildrenOf: lease.job.id)
        return try #require(try jobs.claim(["fit", "train"], owner: "one", seconds: 60))
    }

    private func training(_ string: String) throws {
        let (chief, trainer) = (
            try Self.connection(string, as: "operator"), try Self.connection(string, as: "trainer")
        )
        try JobQueue(chief).submit("train", payload: "{}", key: "a")
        try JobQueue(chief).submit("train", payload: "{}", key: "a")
        try trainer.listen(JobQueue.channel)
        let whole = try #require(try JobQueue(trainer).claim(["train"], owner: "one", seconds: 60))
        try JobQueue(trainer).saveCheckpoint([1], progress: 0.5, whole)
        let lease = try divide(whole, as: trainer)
        #expect(try FeedLog(trainer).head() != nil)
        _ = try CandleStore(trainer).span(Instrument("a.B-C"), .hour1)
        _ = try TrialStore(trainer).sharpeRatios(timeframe: .hour1, ofTrainingsUpTo: 1)
        #expect(try JobQueue(chief).children(of: lease.job.id).count == 1 && JobQueue(chief).wholes().count == 1)
        let version = ModelVersion(
            id: "xgboost-1", model: "xgboost", featureSet: FeatureSetID(1), weights: [1], settings: "{}", metrics: "{}",
            dataFrom: Sample.time(0), dataTo: Sample.time(1), revision: "x", seed: 1)
        try trainer.transaction { () throws(StoreError) in
            try ModelRegistry(trainer).register(version)
            try TrialStore(trainer).record(
                Trial(
                    job: lease.job.id, model: "xgboost", fold: 0, settings: "{}", metrics: "{}", seed: 1,
                    timeframe: .hour1, sharpe: 1))
            try ModelRegistry(trainer).promote("champion", to: version.id)
            try ControlRequests(trainer).submit(
                Control(id: "promote", change: .modelActivated(alias: "champion", version: version.id)))
            try JobQueue(trainer).complete(lease, result: "{}")
        }
        #expect(try ModelRegistry(Self.connection(string, as: "inference-server")).version("xgboost-1") == version)
        try ModelRegistry(chief).promote("shadow", to: version.id)
        #expect(try ModelRegistry(chief).aliases().count == 2)
    }

    /// Every kind of row is deleted, also another's status, and what holds the rest is only looked at.
    private func retention(_ string: String) throws {
        let connection = try Self.connection(string, as: "retention")
        let (owner, retention) = (try PostgresConnection(string), Retention(connection))
        #expect(try retention.floor(of: ["ingestor"]) == FeedPosition(16))
        #expect(try !retention.isFeedInUse())
        #expect(try FeedLog(connection).head() != nil)
        try StatusStore(owner).save(
            ServiceStatus(
                name: "executor", processID: 1, startedAt: Sample.time(0), updatedAt: Sample.time(0), isReady: true,
                position: .start, lagMilliseconds: 0, residentBytes: 1, restarts: 0, endpoint: ""))
        for subject in Retention.Subject.allCases {
            let (moment, floor) = (UnixNanos(iso8601: "2200-01-01")!, FeedPosition(1_000_000))
            func due() throws -> Int64 {
                try retention.due(subject, before: moment, floor: floor, silence: 1).map(\.rows).reduce(0, +)
            }
            let before = try due()
            while try retention.deleteSome(subject, before: moment, floor: floor, silence: 1) > 0 {}
            let after = try due()
            #expect(before > 0 && after == 0, "\(subject)")
        }
        #expect { try connection.run("SELECT state FROM snapshots") } throws: {
            ($0 as? StoreError)?.sqlState == "42501"
        }
    }

    @Test("The server never sees a password, and keeps only what proves it")
    func password() async throws {
        try await withRoles { string in
            let connection = try PostgresConnection(string)
            try DatabaseRoles(connection).setPassword("a 'secret' \\ word", of: "executor")
            let kept: String = try connection.run(
                "SELECT rolpassword FROM pg_authid WHERE rolname = 'tidegate_executor'")[0].value(0)
            #expect(kept.hasPrefix("SCRAM-SHA-256$"))
            #expect(!kept.contains("secret"))
            let process: Int32 = try connection.run("SELECT pg_backend_pid()")[0].value(0)
            try DatabaseRoles(connection).setPassword("another secret", of: "executor")
            let statement: String = try PostgresConnection(string).run(
                "SELECT query FROM pg_stat_activity WHERE pid = \(process)")[0].value(0)
            #expect(statement.contains("SCRAM-SHA-256$") && !statement.contains("secret"))
        }
    }
}
