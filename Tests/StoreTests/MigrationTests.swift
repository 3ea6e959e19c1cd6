import Foundation
import Store
import TestKit
import Testing

@Suite("Migrations", .timeLimit(.minutes(20)))
struct MigrationTests {
    private static let two = [
        Migration(number: 1, name: "one", sql: "CREATE TABLE one (v int);\n"),
        Migration(number: 2, name: "two", sql: "CREATE TABLE two (v int);\n"),
    ]

    /// A database without tables: the template's own are moved out of sight.
    private func withEmptyDatabase<R>(_ body: (PostgresConnection, String) throws -> R) async throws -> R {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            return try body(connection, string)
        }
    }

    @Test("The migrations that binaries carry are the files of ops/migrations, letter for letter")
    func carriedMigrations() throws {
        let source = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        let package = source.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = package.appendingPathComponent("ops/migrations")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
            .sorted()
        try #require(!names.isEmpty)
        #expect(names == Migration.all.map { "\(String("\(10_000 + $0.number)".dropFirst()))_\($0.name).sql" })
        for (name, migration) in zip(names, Migration.all) {
            #expect(try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8) == migration.sql)
        }
    }

    @Test("Migrating applies everything once, and a second time nothing")
    func twice() async throws {
        try await withEmptyDatabase { connection, _ in
            let migrator = Migrator(connection)
            #expect(throws: StoreError.migration(.behind(database: 0, build: Migration.all.count))) {
                try migrator.check()
            }
            #expect(try migrator.migrate() == Array(1...Migration.all.count))
            #expect(try migrator.migrate() == [])
            try migrator.check()
        }
    }

    @Test("A database that is behind gets what it lacks")
    func behind() async throws {
        try await withEmptyDatabase { connection, _ in
            try Migrator(connection, migrations: [Self.two[0]]).migrate()
            #expect(throws: StoreError.migration(.behind(database: 1, build: 2))) {
                try Migrator(connection, migrations: Self.two).check()
            }
            #expect(try Migrator(connection, migrations: Self.two).migrate() == [2])
        }
    }

    @Test("A migration whose text has changed since it was applied is refused")
    func changed() async throws {
        try await withEmptyDatabase { connection, _ in
            try Migrator(connection, migrations: Self.two).migrate()
            let tampered = [Self.two[0], Migration(number: 2, name: "two", sql: "CREATE TABLE two (v bigint);\n")]
            #expect(throws: StoreError.migration(.changed(number: 2))) {
                try Migrator(connection, migrations: tampered).migrate()
            }
            #expect(throws: StoreError.migration(.changed(number: 2))) {
                try Migrator(connection, migrations: tampered).check()
            }
        }
    }

    @Test("A database newer than the build is refused, and left as it is")
    func newer() async throws {
        try await withEmptyDatabase { connection, _ in
            try Migrator(connection, migrations: Self.two).migrate()
            let old = Migrator(connection, migrations: [Self.two[0]])
            #expect(throws: StoreError.migration(.newer(database: 2, build: 1))) { try old.migrate() }
            #expect(throws: StoreError.migration(.newer(database: 2, build: 1))) { try old.check() }
        }
    }

    @Test("A migration that fails leaves nothing of itself, and the ones before it stay")
    func failing() async throws {
        try await withEmptyDatabase { connection, _ in
            let broken = [
                Self.two[0], Migration(number: 2, name: "two", sql: "CREATE TABLE two (v int); SELECT 1/0;\n"),
            ]
            let error = #expect(throws: StoreError.self) { try Migrator(connection, migrations: broken).migrate() }
            #expect(error?.sqlState == "22012")
            let applied = try Migrator(connection, migrations: Self.two).migrate()
            #expect(applied == [2])
        }
    }

    @Test("Four processes that migrate at once apply each migration once")
    func concurrent() async throws {
        try await withEmptyDatabase { _, string in
            // Long enough for all to be at it together.
            let slow = "CREATE TABLE one AS SELECT generate_series(1, 300000) AS v;\n"
            let migrations = [Migration(number: 1, name: "one", sql: slow), Self.two[1]]
            let applied = Collected<Int>()
            concurrently(4, on: string) { _, connection in
                applied.append(try Migrator(connection, migrations: migrations).migrate())
            }
            #expect(applied.values.sorted() == [1, 2])
        }
    }
}
