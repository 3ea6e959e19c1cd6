internal import Store

/// What two databases do not have in common, table by table.
struct TableComparison {
    /// The tables that a run of the pipeline fills: all about the market, and all that the services made of it.
    static let tables = ["feed_log", "candles", "anomalies"] + TableDigest.results + ["metrics"]

    struct Difference: Encodable, Equatable {
        let table: String
        let key: String
        let columns: [String]
    }

    /// Rows of each table of the reference.
    let rows: [String: Int64]
    let differences: [Difference]

    init(
        reference: PostgresConnection, _ other: PostgresConnection, tables: [String] = TableComparison.tables
    ) throws {
        let expected = try TableDigest.digests(of: tables, in: reference)
        let found = try TableDigest.digests(of: tables, in: other)
        var differences: [Difference] = []
        for (left, right) in zip(expected, found) where left != right {
            for row in try TableDigest.differences(left: reference, right: other, table: left.table) {
                differences.append(Difference(table: left.table, key: row.key, columns: row.columns))
            }
        }
        rows = Dictionary(uniqueKeysWithValues: expected.map { ($0.table, $0.rows) })
        self.differences = differences
    }
}
