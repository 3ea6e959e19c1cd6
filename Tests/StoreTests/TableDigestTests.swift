import Schema
import Store
import TestKit
import Testing

@Suite("Table digest", .timeLimit(.minutes(20)))
struct TableDigestTests {
    private func withTwoDatabases(_ body: (PostgresConnection, PostgresConnection) throws -> Void) async throws {
        try await PostgresFixture.withDatabase { left in
            try await PostgresFixture.withDatabase { right in
                try body(try PostgresConnection(left), try PostgresConnection(right))
            }
        }
    }

    @Test("It does not depend on when rows were written, nor in which order")
    func ignoresTheClock() async throws {
        try await withTwoDatabases { left, right in
            let entries = Sample.entries(try (0..<60).flatMap { try Sample.everything($0) })
            try EventStore(left).save(entries)
            for entry in entries.reversed() { try EventStore(right).save([entry]) }
            for table in TableDigest.results {
                try right.run("UPDATE \(name: table) SET stored_at = stored_at - interval '1 day'")
            }
            let digests = try TableDigest.digests(of: TableDigest.results, in: left)
            #expect(try TableDigest.digests(of: TableDigest.results, in: right) == digests)
            #expect(digests.map(\.table) == TableDigest.results)
            #expect(digests.map(\.rows) == [120, 60, 60, 60, 60, 60, 120])
            #expect(digests.allSatisfy { $0.digest.count == 64 })
            #expect(Set(digests.map(\.digest)).count == digests.count)
            for table in TableDigest.results {
                #expect(try TableDigest.differences(left: left, right: right, table: table).isEmpty)
            }
        }
    }

    @Test("The least change of one row changes it, and the difference is named")
    func seesOneBit() async throws {
        try await withTwoDatabases { left, right in
            try EventStore(left).save(Sample.entries((0..<5).map { .prediction(Sample.prediction($0)) }))
            try EventStore(right).save(
                Sample.entries(
                    (0..<5).map { .prediction(Sample.prediction($0, probability: $0 == 3 ? 0.625.nextUp : 0.625)) }))
            #expect(
                try TableDigest.digests(of: ["predictions"], in: left)
                    != TableDigest.digests(of: ["predictions"], in: right))
            let differences = try TableDigest.differences(left: left, right: right, table: "predictions")
            #expect(differences.count == 1)
            #expect(differences.first?.key == "xgboost-1 binance.BTC-USDT 1m 2023-11-14 22:17:00+00")
            #expect(differences.first?.columns == ["probability"])
            #expect(differences.first?.left?["probability"] == "0.625")
            #expect(differences.first?.right?["probability"] == "0.6250000000000001")
        }
    }

    @Test("A row that one side lacks is a difference, and no more are told than asked for")
    func missingRows() async throws {
        try await withTwoDatabases { left, right in
            try EventStore(left).save(Sample.entries(try (0..<5).map { .fill(try Sample.fill($0)) }))
            try EventStore(right).save(Sample.entries(try (0..<2).map { .fill(try Sample.fill($0)) }))
            let differences = try TableDigest.differences(left: left, right: right, table: "fills", limit: 2)
            #expect(differences.map(\.key) == ["order-2/1", "order-3/1"])
            #expect(differences.allSatisfy { $0.left != nil && $0.right == nil })
            #expect(try TableDigest.differences(left: right, right: left, table: "fills").count == 3)
            let digests = try TableDigest.digests(of: ["fills"], in: right)
            #expect(digests.first?.rows == 2)
        }
    }

    @Test("An empty table has a digest, and an unknown one is an error")
    func edges() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let digest = try #require(try TableDigest.digests(of: ["fills"], in: connection).first)
            // SHA-256 of nothing.
            #expect(digest.digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
            #expect(throws: StoreError.absent(table: "pg_class", key: "none")) {
                try TableDigest.digests(of: ["none"], in: connection)
            }
        }
    }
}
