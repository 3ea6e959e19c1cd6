internal import CPostgres

/// The rows that a statement returned.
public final class Rows {
    private let result: OpaquePointer
    private let types: [SQLType]
    public let count: Int

    /// Takes the result over, and frees it.
    init(owning result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
        types = (0..<PQnfields(result)).map { SQLType(rawValue: PQftype(result, $0)) }
    }

    deinit { PQclear(result) }

    /// Rows that a statement without result inserted, updated or deleted.
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// Calls `body` with the field; with `nil` for NULL.
    fileprivate func read<R>(row: Int, column: Int, _ body: (BinaryField?) -> R) -> R {
        precondition(row < count && column < types.count, "row and column are in the result")
        let (row, index) = (CInt(row), CInt(column))
        guard PQgetisnull(result, row, index) == 0, let start = PQgetvalue(result, row, index) else { return body(nil) }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, index)))
        return body(BinaryField(bytes, type: types[column]))
    }

    fileprivate func column(_ name: String) -> Int {
        let column = PQfnumber(result, name)
        precondition(column >= 0, "the statement returns a column \(name)")
        return Int(column)
    }

    fileprivate func name(_ column: Int) -> String {
        PQfname(result, CInt(column)).map { String(cString: $0) } ?? "\(column)"
    }
}

extension Rows: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(index: Int) -> Row { Row(rows: self, index: index) }
}

/// One row.
///
/// Its columns are read by name or by place. A column that the statement does not return is a programming error; a value
/// of another type, or NULL where there may be none, throws ``StoreError/value(column:reason:)``.
public struct Row {
    fileprivate let rows: Rows
    fileprivate let index: Int

    public func value<Value: SQLValue>(_ column: Int, as type: Value.Type = Value.self) throws(StoreError) -> Value {
        guard let value = try optional(column, as: type) else {
            throw .value(column: rows.name(column), reason: "NULL")
        }
        return value
    }

    public func value<Value: SQLValue>(_ column: String, as type: Value.Type = Value.self) throws(StoreError) -> Value {
        try value(rows.column(column), as: type)
    }

    /// The value; `nil` for NULL.
    public func optional<Value: SQLValue>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws(StoreError) -> Value? {
        let read: Result<Value?, StoreError> = rows.read(row: index, column: column) { field in
            guard let field else { return .success(nil) }
            guard let value = Value(field: field) else {
                return .failure(
                    .value(
                        column: rows.name(column),
                        reason: "\(field.count) bytes of type \(field.type.rawValue) are no \(Value.self)"))
            }
            return .success(value)
        }
        return try read.get()
    }

    /// The value; `nil` for NULL.
    public func optional<Value: SQLValue>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(StoreError) -> Value? {
        try optional(rows.column(column), as: type)
    }
}
