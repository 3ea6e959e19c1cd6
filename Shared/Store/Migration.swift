/// One numbered change of the database's form.
///
/// Forward only: what is out is never changed, only followed by another.
public struct Migration: Sendable, Equatable {
    /// From 1 on, without gaps.
    public let number: Int
    public let name: String
    public let sql: String

    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// Why a database and a build do not go together.
    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// The database has a migration under this number whose text is not this build's.
        case changed(number: Int)
        /// The database has migrations that this build does not know.
        case newer(database: Int, build: Int)
        /// The database lacks migrations that this build needs.
        case behind(database: Int, build: Int)
        /// The database has a migration with which a build that does not know it cannot work.
        case tooNew(database: Int, build: Int, breaking: Int)

        public var description: String {
            switch self {
            case .changed(let number): "migration \(number) was applied with another text"
            case .newer(let database, let build): "the database is at migration \(database), this build at \(build)"
            case .behind(let database, let build):
                "the database is at migration \(database), this build needs \(build): `tidegate migrate` with this build first"
            case .tooNew(let database, let build, let breaking):
                "the database is at migration \(database), this build at \(build), and migration \(breaking) ended what builds before it do: start the new build"
            }
        }
    }
}

/// Brings a database to the form that a build needs.
public struct Migrator {
    /// The advisory lock under which one process at a time migrates: "tidegate" in ASCII.
    private static let lock: Int64 = 0x7469_6465_6761_7465

    private let connection: PostgresConnection
    private let migrations: [Migration]

    public init(_ connection: PostgresConnection, migrations: [Migration] = Migration.all) {
        precondition(migrations.map(\.number) == Array(1..<(migrations.count + 1)), "numbered 1, 2, 3…")
        self.connection = connection
        self.migrations = migrations
    }

    /// Applies what is missing, each migration in a transaction of its own.
    ///
    /// - Returns: The numbers applied; none where the database was ready.
    /// - Throws: ``StoreError/migration(_:)`` when the database is newer, or was made from other texts.
    @discardableResult
    public func migrate() throws(StoreError) -> [Int] {
        try connection.run("SELECT pg_advisory_lock(\(Self.lock))")
        // Where the connection breaks, the server gives the lock back.
        defer { _ = try? connection.run("SELECT pg_advisory_unlock(\(Self.lock))") }
        try connection.runScript(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number int PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let present = try compare()
        // Not a migration of its own: it is what migrations are noted in.
        let rows = try connection.run(
            "SELECT FROM pg_attribute WHERE attrelid = to_regclass('schema_migrations') AND attname = 'breaking'")
        if rows.isEmpty {
            try connection.runScript("ALTER TABLE schema_migrations ADD COLUMN breaking boolean NOT NULL DEFAULT false")
        }
        let missing = migrations.dropFirst(present)
        for migration in missing {
            try connection.transaction { () throws(StoreError) in
                try connection.runScript(migration.sql)
                try connection.run(
                    """
                    INSERT INTO schema_migrations (number, name, checksum, breaking)
                    VALUES (\(migration.number), \(migration.name),
                            encode(sha256(convert_to(\(migration.sql), 'UTF8')), 'hex'), \(migration.breaking != nil))
                    """)
            }
        }
        return missing.map(\.number)
    }

    /// Checks that the database is at this build's last migration.
    ///
    /// - Throws: ``StoreError/migration(_:)`` when it is not.
    public func check() throws(StoreError) {
        let known = try connection.run("SELECT to_regclass('schema_migrations') IS NOT NULL")
        let present = try known[0].value(0) ? try compare() : 0
        guard present == migrations.count else {
            throw .migration(.behind(database: present, build: migrations.count))
        }
    }

    /// How many migrations the database has, each with this build's text.
    private func compare() throws(StoreError) -> Int {
        let rows = try connection.run("SELECT number, checksum FROM schema_migrations ORDER BY number")
        if let last = rows.last {
            let number: Int = try last.value("number")
            guard number <= migrations.count else {
                throw .migration(.newer(database: number, build: migrations.count))
            }
        }
        for (row, migration) in zip(rows, migrations) {
            let sum = try connection.run("SELECT encode(sha256(convert_to(\(migration.sql), 'UTF8')), 'hex')")
            let expected: String = try sum[0].value(0)
            guard try row.value("number") == migration.number, try row.value("checksum") == expected else {
                throw .migration(.changed(number: migration.number))
            }
        }
        return rows.count
    }
}
