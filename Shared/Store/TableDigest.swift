/// What a table holds, as one number: rows and a SHA-256 over them, in key order, without columns that the clock fills.
///
/// Two runs of the pipeline over the same feed agree when their digests do.
public struct TableDigest: Sendable, Equatable {
    /// A row that two databases do not have in common, column by column as text.
    public struct Difference: Sendable, Equatable {
        public let key: String
        /// `nil` where the left database lacks the row.
        public let left: [String: String?]?
        public let right: [String: String?]?

        /// The columns that differ, or all where a side lacks the row.
        public var columns: [String] {
            let names = Set((left ?? [:]).keys).union((right ?? [:]).keys)
            return names.filter { left?[$0] != right?[$0] }.sorted()
        }
    }

    /// The tables that crash equivalence compares.
    public static let results = [
        "predictions", "decisions", "orders", "order_events", "fills", "accounts", "positions",
    ]
    /// Columns that hold when something was written, or by which process.
    public static let wallClock: Set<String> = [
        "stored_at", "created_at", "updated_at", "requested_at", "moved_at", "applied_at", "started_at", "lease_until",
        "lease_owner",
    ]

    public let table: String
    public let rows: Int64
    /// 64 hexadecimal digits.
    public let digest: String

    /// The digests of some tables, in the order given.
    public static func digests(
        of tables: [String], in connection: PostgresConnection
    ) throws(StoreError) -> [TableDigest] {
        var digests: [TableDigest] = []
        for table in tables {
            let form = try Form(table, connection)
            let rows = try connection.run(
                Query(
                    trusted: """
                        SELECT count(*), encode(sha256(coalesce(string_agg(
                            sha256(convert_to(\(form.record)::text, 'UTF8')), ''::bytea ORDER BY \(form.order)), '')), 'hex')
                        FROM \(SQLText.name(table))
                        """))
            digests.append(
                TableDigest(table: table, rows: try rows[0].value(0), digest: try rows[0].value(1)))
        }
        return digests
    }

    /// The rows in which two databases differ, by key.
    ///
    /// At most `limit` of them. It reads both tables whole, so ask ``digests(of:in:)`` first.
    public static func differences(
        left: PostgresConnection, right: PostgresConnection, table: String, limit: Int = 20
    ) throws(StoreError) -> [Difference] {
        let form = try Form(table, left)
        let (before, after) = (try form.texts(left), try form.texts(right))
        var differences: [Difference] = []
        for key in Set(before.keys).union(after.keys).sorted() where before[key] != after[key] {
            guard differences.count < limit else { break }
            func columns(_ values: [String?]?) -> [String: String?]? {
                values.map { Dictionary(uniqueKeysWithValues: zip(form.columns, $0)) }
            }
            differences.append(Difference(key: key, left: columns(before[key]), right: columns(after[key])))
        }
        return differences
    }

    /// The columns of a table that count, and the order of its rows, from the database's catalogue.
    private struct Form {
        let table: String
        let columns: [String]
        let key: [String]

        init(_ table: String, _ connection: PostgresConnection) throws(StoreError) {
            let rows = try connection.run(
                """
                SELECT attname::text AS name, array_position(indkey::int2[], attnum) AS place
                FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
                WHERE attrelid = to_regclass(\(table)) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
                """)
            var (columns, key): ([String], [(place: Int, name: String)]) = ([], [])
            for row in rows {
                let name: String = try row.value("name")
                if !TableDigest.wallClock.contains(name) { columns.append(name) }
                if let place: Int = try row.optional("place") { key.append((place, name)) }
            }
            guard !columns.isEmpty, !key.isEmpty else { throw .absent(table: "pg_class", key: table) }
            self.table = table
            self.columns = columns
            self.key = key.sorted { $0.place < $1.place }.map(\.name)
        }

        var record: String { "ROW(\(SQLText.names(columns)))" }

        /// Text keys by their bytes, so that the order does not depend on the database's language.
        var order: String { key.map { "\(SQLText.name($0))::text COLLATE \"C\"" }.joined(separator: ", ") }

        func texts(_ connection: PostgresConnection) throws(StoreError) -> [String: [String?]] {
            let rows = try connection.run(
                Query(
                    trusted: """
                        SELECT \(Table.keyText(key, of: SQLText.name(table))),
                            \(columns.map { "\(SQLText.name($0))::text" }.joined(separator: ", "))
                        FROM \(SQLText.name(table))
                        """))
            var texts: [String: [String?]] = [:]
            for row in rows {
                var values: [String?] = []
                for index in columns.indices { values.append(try row.optional(index + 1)) }
                texts[try row.value(0)] = values
            }
            return texts
        }
    }
}
