import Schema
import Store
import TestKit
import Testing

@Suite("Model registry", .timeLimit(.minutes(20)))
struct ModelRegistryTests {
    private func version(
        _ number: Int, revision: String = "abc", weights: [UInt8] = Array(0...255)
    ) -> ModelVersion {
        ModelVersion(
            id: "v\(number)", model: "xgboost", featureSet: FeatureSetID(0xFFFF_0000_0000_0001), weights: weights,
            scaler: number == 1 ? nil : [1], settings: #"{"depth": 6}"#,
            metrics: #"{"accuracy": 0.5}"#, dataFrom: Sample.time(0), dataTo: Sample.time(9), revision: revision,
            seed: .max)
    }

    @Test("A version comes back as it was; registering it again changes nothing, another under its id is refused")
    func versions() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let registry = ModelRegistry(connection)
            #expect(try registry.register(version(1)))
            #expect(try registry.register(version(2)))
            #expect(try !registry.register(version(2)))
            #expect(try registry.version("v1") == version(1))
            #expect(try registry.version("v2") == version(2))
            #expect(try registry.version("v3") == nil)
            #expect(throws: StoreError.conflict(table: "model_versions", key: "v2")) {
                try registry.register(version(2, revision: "other"))
            }
            #expect(throws: StoreError.self) { try connection.run("UPDATE model_versions SET revision = 'x'") }
        }
    }

    @Test("Summaries tell everything but the weights, in the order in which the versions were made")
    func summaries() async throws {
        try await PostgresFixture.withDatabase { string in
            let registry = ModelRegistry(try PostgresConnection(string))
            for number in [2, 1] { try registry.register(version(number)) }
            let all = try registry.summaries()
            #expect(all.map(\.id) == ["v2", "v1"])
            #expect(try registry.summaries(of: "xgboost") == all)
            #expect(try registry.summaries(of: "tft").isEmpty)
            #expect(try registry.summary("v1") == all[1])
            #expect(try registry.summary("v3") == nil)
            let (summary, whole) = (all[1], version(1))
            #expect(summary.weightBytes == 256)
            #expect(summary.model == whole.model && summary.featureSet == whole.featureSet)
            #expect(summary.settings == whole.settings && summary.metrics == whole.metrics)
            #expect(summary.dataFrom == whole.dataFrom && summary.dataTo == whole.dataTo)
            #expect(summary.revision == whole.revision && summary.seed == whole.seed)
        }
    }

    @Test("Summaries leave the weights on the disk")
    func weightsUnread() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let registry = ModelRegistry(connection)
            var generator = SplitMix64(seed: 1)
            // Chance, which nothing makes smaller: kept in 500 pieces beside the row.
            try registry.register(
                version(1, weights: (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }))
            func weightBlocks() throws -> Int64 {
                try connection.run("SELECT pg_stat_force_next_flush()")
                return try connection.run(
                    """
                    SELECT coalesce(toast_blks_read, 0) + coalesce(toast_blks_hit, 0) FROM pg_statio_user_tables
                    WHERE relname = 'model_versions'
                    """)[0].value(0)
            }
            let before = try weightBlocks()
            #expect(try registry.summaries().first?.weightBytes == 1_000_000)
            #expect(try weightBlocks() == before)
            #expect(try registry.version("v1") != nil)
            #expect(try weightBlocks() > before + 100)
        }
    }

    @Test("An alias moves to a version and back, step by step, and every move is noted")
    func rollback() async throws {
        try await PostgresFixture.withDatabase { string in
            let registry = ModelRegistry(try PostgresConnection(string))
            for number in 1...3 { try registry.register(version(number)) }
            #expect(try registry.alias("champion") == nil)
            for number in 1...3 { #expect(try registry.promote("champion", to: "v\(number)")) }
            #expect(try !registry.promote("champion", to: "v3"))
            try registry.promote("shadow", to: "v1")
            #expect(try registry.aliases().mapValues(\.version) == ["champion": "v3", "shadow": "v1"])
            #expect(try registry.rollback("champion").version == "v2")
            #expect(try registry.rollback("champion").version == "v1")
            #expect(try registry.alias("champion") == "v1")
            #expect(throws: StoreError.absent(table: "model_alias_history", key: "champion")) {
                try registry.rollback("champion")
            }
            try registry.promote("champion", to: "v3")
            #expect(try registry.rollback("champion").version == "v1")
            let history = try registry.history("champion")
            #expect(history.map(\.version) == ["v1", "v3", "v1", "v2", "v3", "v2", "v1"])
            #expect(history.map(\.isRollback) == [true, false, true, true, false, false, false])
            #expect(history.map(\.previous) == ["v3", "v1", "v2", "v3", "v2", "v1", nil])
        }
    }

    @Test("A canary's share moves with it, and comes back with a rollback")
    func shares() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let registry = ModelRegistry(connection)
            for number in 1...2 { try registry.register(version(number)) }
            try registry.promote("canary", to: "v1", share: 0.25)
            #expect(try registry.aliases() == ["canary": ModelSeat(version: "v1", share: 0.25)])
            #expect(try !registry.promote("canary", to: "v1", share: 0.25))
            #expect(try registry.promote("canary", to: "v1", share: 0.5))
            try registry.promote("canary", to: "v2")
            #expect(try registry.aliases() == ["canary": ModelSeat(version: "v2")])
            #expect(try registry.rollback("canary") == ModelSeat(version: "v1", share: 0.5))
            #expect(try registry.rollback("canary") == ModelSeat(version: "v1", share: 0.25))
            #expect(try registry.aliases() == ["canary": ModelSeat(version: "v1", share: 0.25)])
            #expect(throws: StoreError.self) { try registry.promote("canary", to: "v2", share: 1.5) }
            // As a build writes it that knows no shares.
            try connection.run(
                "INSERT INTO model_alias_history (alias, version, previous) VALUES ('canary', 'v2', 'v1')")
            #expect(try registry.rollback("canary") == ModelSeat(version: "v1"))
        }
    }

    @Test("An alias cannot mean a version that is not there, and keeps its meaning")
    func unknown() async throws {
        try await PostgresFixture.withDatabase { string in
            let registry = ModelRegistry(try PostgresConnection(string))
            try registry.register(version(1))
            try registry.promote("champion", to: "v1")
            #expect(throws: StoreError.absent(table: "model_versions", key: "v9")) {
                try registry.promote("champion", to: "v9")
            }
            #expect(try registry.alias("champion") == "v1")
        }
    }

    @Test("Who listens hears of a move once it is committed, and not of one that was undone")
    func notifies() async throws {
        try await PostgresFixture.withDatabase { string in
            let (listener, connection) = (try PostgresConnection(string), try PostgresConnection(string))
            let registry = ModelRegistry(connection)
            try registry.register(version(1))
            try listener.listen(ModelRegistry.channel)
            #expect(throws: StoreError.stopped) {
                try connection.transaction { () throws(StoreError) in
                    try registry.promote("challenger", to: "v1")
                    throw .stopped
                }
            }
            try registry.promote("champion", to: "v1")
            #expect(try listener.waitForNotification(milliseconds: 60_000).map(\.payload) == ["champion"])
            #expect(try registry.history("challenger").isEmpty)
        }
    }

    @Test("Moves made at once form one chain: each begins where the last one ended")
    func concurrent() async throws {
        try await PostgresFixture.withDatabase { string in
            let registry = ModelRegistry(try PostgresConnection(string))
            for number in 1...4 { try registry.register(version(number)) }
            concurrently(4, on: string) { worker, connection in
                let registry = ModelRegistry(connection)
                for step in 0..<10 { try registry.promote("champion", to: "v\((worker + step) % 4 + 1)") }
            }
            let history = Array(try registry.history("champion", limit: 1000).reversed())
            #expect(history.first?.previous == nil)
            for (earlier, later) in zip(history, history.dropFirst()) { #expect(later.previous == earlier.version) }
            #expect(try registry.alias("champion") == history.last?.version)
        }
    }
}
