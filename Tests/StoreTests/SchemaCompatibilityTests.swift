import Store
import TestKit
import Testing

@Suite("Schema compatibility", .timeLimit(.minutes(20)))
struct SchemaCompatibilityTests {
    private static let one = Migration(number: 1, name: "one", sql: "CREATE TABLE one (v int);\n")
    private static let two = Migration(number: 2, name: "two", sql: "CREATE TABLE two (v int);\n")
    private static let breaking = Migration(
        number: 3, name: "three", sql: "-- breaking: one is gone\nDROP TABLE one;\n")

    private func withEmptyDatabase(_ body: (PostgresConnection) throws -> Void) async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            try body(connection)
        }
    }

    @Test("A build works with its own schema and with one to which others have added, not with less than it needs")
    func additions() async throws {
        try await withEmptyDatabase { connection in
            let (old, new) = ([Self.one], [Self.one, Self.two])
            #expect(throws: StoreError.migration(.behind(database: 0, build: 1))) {
                try SchemaCompatibility(connection, migrations: old).check()
            }
            try Migrator(connection, migrations: old).migrate()
            try SchemaCompatibility(connection, migrations: old).check()
            #expect(throws: StoreError.migration(.behind(database: 1, build: 2))) {
                try SchemaCompatibility(connection, migrations: new).check()
            }
            #expect(try SchemaCompatibility(connection, migrations: new).missing() == [Self.two])
            try Migrator(connection, migrations: new).migrate()
            try SchemaCompatibility(connection, migrations: old).check()
            try SchemaCompatibility(connection, migrations: new).check()
            #expect(try SchemaCompatibility(connection, migrations: new).version() == 2)
        }
    }

    @Test("A breaking migration ends the builds that do not know it, and no other")
    func breaks() async throws {
        try await withEmptyDatabase { connection in
            let all = [Self.one, Self.two, Self.breaking]
            #expect(all.map(\.breaking) == [nil, nil, "one is gone"])
            try Migrator(connection, migrations: all).migrate()
            for old in [[Self.one], [Self.one, Self.two]] {
                #expect(throws: StoreError.migration(.tooNew(database: 3, build: old.count, breaking: 3))) {
                    try SchemaCompatibility(connection, migrations: old).check()
                }
            }
            try SchemaCompatibility(connection, migrations: all).check()
        }
    }

    @Test("A schema made from other texts is refused")
    func changed() async throws {
        try await withEmptyDatabase { connection in
            try Migrator(connection, migrations: [Self.one, Self.two]).migrate()
            let other = Migration(number: 2, name: "two", sql: "CREATE TABLE two (v bigint);\n")
            #expect(throws: StoreError.migration(.changed(number: 2))) {
                try SchemaCompatibility(connection, migrations: [Self.one, other]).check()
            }
        }
    }

    @Test("A database whose migrations were noted by an earlier build is taken up as it is")
    func early() async throws {
        try await withEmptyDatabase { connection in
            try Migrator(connection, migrations: [Self.one]).migrate()
            try connection.runScript("ALTER TABLE schema_migrations DROP COLUMN breaking")
            try SchemaCompatibility(connection, migrations: [Self.one]).check()
            #expect(try Migrator(connection, migrations: [Self.one, Self.two, Self.breaking]).migrate() == [2, 3])
            #expect(throws: StoreError.migration(.tooNew(database: 3, build: 1, breaking: 3))) {
                try SchemaCompatibility(connection, migrations: [Self.one]).check()
            }
        }
    }
}
