public import Schema

/// One moment of a database, looked at for as long as it takes while others go on writing.
///
/// Everything that is asked of its connection, and every program that is given ``snapshot``, sees the same rows.
public struct DatabaseMoment {
    /// For `pg_dump --snapshot`.
    public let snapshot: String
    /// All of ours, sorted.
    public let tables: [String]
    /// The number of the last migration.
    public let schemaVersion: Int
    /// As 150018 for 15.18.
    public let serverVersion: Int
    /// The last watermark and its time; `nil` while there is no feed.
    public let feedEnd: Watermark?

    /// Calls `body` with the moment at which it begins.
    public static func hold<R>(_ connection: PostgresConnection, _ body: (DatabaseMoment) throws -> R) throws -> R {
        try connection.runScript("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        // It has changed nothing; where the connection is gone, so is the transaction.
        defer { try? connection.runScript("ROLLBACK") }
        return try body(DatabaseMoment(connection))
    }

    private init(_ connection: PostgresConnection) throws(StoreError) {
        let row = try connection.run(
            "SELECT pg_export_snapshot() AS name, current_setting('server_version_num')::bigint AS version")[0]
        snapshot = try row.value("name")
        serverVersion = try row.value("version")
        tables = try DatabaseContents(connection).tables()
        schemaVersion = try SchemaCompatibility(connection).version()
        feedEnd = tables.contains("feed_log") ? try FeedLog(connection).head()?.watermark : nil
    }
}

/// The tables of a database as a whole, for backups.
public struct DatabaseContents {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// All tables of ours, sorted.
    public func tables() throws(StoreError) -> [String] {
        let rows = try connection.run(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename::text COLLATE \"C\"")
        var names: [String] = []
        for row in rows { names.append(try row.value(0)) }
        return names
    }

    /// The tables that hold rows, apart from the list of migrations.
    public func filledTables() throws(StoreError) -> [String] {
        var names: [String] = []
        for name in try tables() where name != "schema_migrations" {
            let rows = try connection.run("SELECT EXISTS (SELECT FROM \(name: name))")
            if try rows[0].value(0) { names.append(name) }
        }
        return names
    }

    /// Deletes all tables and whatever else is beside them.
    public func clear() throws(StoreError) {
        try connection.runScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    }

    /// Forgets what services said of themselves: after a restore they are another machine's, or long gone.
    public func forgetServices() throws(StoreError) { try connection.runScript("DELETE FROM service_status") }

    /// Lets the server count what it has got.
    public func analyze() throws(StoreError) { try connection.runScript("ANALYZE") }
}
