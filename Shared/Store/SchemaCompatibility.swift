/// Whether a service of this build may work with a database that another build has migrated.
///
/// Migrations only add, so a service goes on while newer ones are applied; one that takes something away or changes what
/// it means says so in a line of its own, `-- breaking: why`, and from then on only builds that know it may work.
public struct SchemaCompatibility {
    private let connection: PostgresConnection
    private let migrations: [Migration]

    public init(_ connection: PostgresConnection, migrations: [Migration] = Migration.all) {
        self.connection = connection
        self.migrations = migrations
    }

    /// Expects a database that has all that this build needs, and nothing that this build cannot live with.
    ///
    /// - Throws: ``StoreError/migration(_:)`` otherwise.
    public func check() throws(StoreError) {
        let build = migrations.last?.number ?? 0
        let applied = try applied()
        guard let database = applied.last?.number, database >= build else {
            throw .migration(.behind(database: applied.last?.number ?? 0, build: build))
        }
        if let breaking = applied.first(where: { $0.number > build && $0.isBreaking }) {
            throw .migration(.tooNew(database: database, build: build, breaking: breaking.number))
        }
        if let changed = applied.first(where: \.isChanged) { throw .migration(.changed(number: changed.number)) }
    }

    /// The number of the last migration that the database has; 0 for none.
    public func version() throws(StoreError) -> Int { try applied().last?.number ?? 0 }

    /// The migrations that the database lacks.
    public func missing() throws(StoreError) -> [Migration] {
        let present = try version()
        return migrations.filter { $0.number > present }
    }

    private struct Applied {
        let number: Int
        let isBreaking: Bool
        /// With another text than this build's; `false` for those that this build does not know.
        let isChanged: Bool
    }

    private func applied() throws(StoreError) -> [Applied] {
        guard try connection.run("SELECT to_regclass('schema_migrations') IS NOT NULL")[0].value(0) else { return [] }
        let numbers = migrations.map { Int64($0.number) }
        // A table that an early build made has no column `breaking`.
        let rows = try connection.run(
            """
            SELECT m.number,
                coalesce((to_jsonb(m) ->> 'breaking')::boolean, false) AS breaking,
                coalesce(m.checksum <> encode(sha256(convert_to(k.sql, 'UTF8')), 'hex'), false) AS changed
            FROM schema_migrations AS m
            LEFT JOIN unnest(\(numbers), \(migrations.map(\.sql))) AS k(number, sql) ON k.number = m.number
            ORDER BY m.number
            """)
        var applied: [Applied] = []
        for row in rows {
            applied.append(
                Applied(
                    number: try row.value("number"), isBreaking: try row.value("breaking"),
                    isChanged: try row.value("changed")))
        }
        return applied
    }
}

extension Migration {
    /// Why builds that do not know this migration cannot work once it is applied; `nil` when they can.
    public var breaking: String? {
        let mark = "-- breaking:"
        let line = sql.split(separator: "\n").first { $0.hasPrefix(mark) }
        return line.map { String($0.dropFirst(mark.count).drop { $0 == " " }) }
    }
}
