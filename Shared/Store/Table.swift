/// A table whose rows are derived from what caused them: written once, and the same whenever they are written again.
struct Table: Sendable, Hashable {
    let name: String
    let key: [String]
    /// All columns but those that the clock fills.
    let columns: [String]

    init(_ name: String, key: [String], columns: [String]) {
        precondition(Set(key).isSubset(of: columns), "the key is among the columns")
        (self.name, self.key, self.columns) = (name, key, columns)
    }
}

/// Rows on their way into one table, in binary form.
final class RowBuffer {
    let table: Table
    let writer = BinaryWriter(capacity: 1 << 14)
    private(set) var count = 0

    init(_ table: Table) { self.table = table }

    /// Adds a row; `encode` writes its fields in the order of the table's columns.
    @inline(__always)
    func add(_ encode: (BinaryWriter) -> Void) {
        writer.raw(Int16(truncatingIfNeeded: table.columns.count))
        encode(writer)
        count += 1
    }
}

extension PostgresConnection {
    /// Up to here rows go as one INSERT's parameters, from here on by COPY, which then is the faster.
    private static let fewRows = 128

    /// Writes rows; a row that is there already stays as it is.
    ///
    /// To be called in a transaction.
    ///
    /// - Returns: How many rows were new, and the texts of their column `returning`, when one was asked for.
    /// - Throws: ``StoreError/conflict(table:key:)`` when a row is there with other content.
    @discardableResult
    func insert(
        _ rows: RowBuffer, returning: String? = nil
    ) throws(StoreError) -> (inserted: Int, returned: [String]) {
        guard rows.count > 0 else { return (0, []) }
        let table = rows.table
        let isStaged = rows.count > Self.fewRows
        let result: Rows
        if isStaged {
            let staging = try stage(rows)
            let columns = SQLText.names(table.columns)
            let source = "SELECT \(columns) FROM \(SQLText.name(staging))"
            result = try run(Query(trusted: table.insertion(of: source, returning: returning)))
        } else {
            let statement = insertion(of: rows.count, into: "\(table.name) \(returning ?? "")") {
                let source = "VALUES \(Table.parameters(rows: rows.count, columns: table.columns.count))"
                return table.insertion(of: source, returning: returning)
            }
            result = try run(
                statement, types: nil, fields: rows.writer, rows: rows.count, columns: table.columns.count)
        }
        var returned: [String] = []
        if returning != nil { for row in result { returned.append(try row.value(0)) } }
        let inserted = result.affected
        if inserted < rows.count {
            try checkForConflict(table, staging: isStaged ? "staging_\(table.name)" : try stage(rows))
        }
        return (inserted, returned)
    }

    /// Puts rows into the table's staging table; its name.
    func stage(_ rows: RowBuffer) throws(StoreError) -> String {
        let staging = try stagingTable(of: rows.table)
        _ = try copyIn(staging, columns: rows.table.columns, from: rows.writer)
        return staging
    }

    /// Compares staged rows with those under the same keys, byte by byte: `*<>` sees that 0.0 is not −0.0.
    private func checkForConflict(_ table: Table, staging: String) throws(StoreError) {
        let different = try run(
            Query(
                trusted: """
                    SELECT \(Table.keyText(table.key, of: "stored")) FROM \(SQLText.name(staging)) AS given
                    JOIN \(SQLText.name(table.name)) AS stored USING (\(SQLText.names(table.key)))
                    WHERE \(Table.record(table.columns, of: "given")) *<> \(Table.record(table.columns, of: "stored"))
                    LIMIT 1
                    """))
        if let row = different.first { throw .conflict(table: table.name, key: try row.value(0)) }
    }
}

extension Table {
    /// The statement that adds the rows of `source` but for those whose keys are there.
    fileprivate func insertion(of source: String, returning: String?) -> String {
        let clause = returning.map { " RETURNING \(SQLText.name($0))" } ?? ""
        return "INSERT INTO \(SQLText.name(name)) (\(SQLText.names(columns))) \(source) ON CONFLICT DO NOTHING\(clause)"
    }

    /// `($1, $2), ($3, $4)` and so on.
    fileprivate static func parameters(rows: Int, columns: Int) -> String {
        (0..<rows).map { row in
            "(" + (1...columns).map { "$\(row * columns + $0)" }.joined(separator: ", ") + ")"
        }.joined(separator: ", ")
    }

    /// The columns as one value of type `record`.
    static func record(_ columns: [String], of alias: String) -> String {
        "ROW(\(columns.map { "\(alias).\(SQLText.name($0))" }.joined(separator: ", ")))::record"
    }

    /// The key as one text, for a person.
    static func keyText(_ key: [String], of alias: String) -> String {
        "concat_ws(' ', \(key.map { "\(alias).\(SQLText.name($0))" }.joined(separator: ", ")))"
    }
}
