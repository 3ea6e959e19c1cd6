/// Takes the fields of one row of a COPY, in the columns' order.
public struct CopyRow {
    let writer: BinaryWriter

    /// Writes the next field, in the column's own type: `Int32` for `int`, `Int16` for `smallint`.
    @inline(__always)
    public func write<Value: SQLValue>(_ value: Value) { value.write(to: writer) }

    /// Writes the next field, or NULL.
    @inline(__always)
    public func write<Value: SQLValue>(_ value: Value?) { writer.write(value) }
}

/// One row that a COPY returned.
///
/// It lends the COPY's bytes, and must not outlive the call that it was given to.
struct CopiedRow {
    /// Bytes before the first row: signature, flags, length of the (empty) extension.
    static let headerSize = 19

    private let bytes: UnsafeRawBufferPointer
    private let types: [SQLType]
    /// Where each field's length stands.
    private let offsets: [Int]

    /// The row that begins at `offset`; `nil` for the end mark.
    init?(_ bytes: UnsafeRawBufferPointer, from offset: Int, types: [SQLType]) throws(StoreError) {
        let whole = BinaryField(bytes, type: .bytea)
        guard let count = whole.number(Int16.self, at: offset), count >= 0 else { return nil }
        precondition(count == types.count, "a type for each of the \(count) columns")
        var (offsets, next) = ([Int](), offset + 2)
        offsets.reserveCapacity(types.count)
        for index in types.indices {
            guard let length = whole.number(Int32.self, at: next), next + 4 + Int(max(length, 0)) <= bytes.count else {
                throw .value(column: "\(index)", reason: "cut short")
            }
            offsets.append(next)
            next += 4 + Int(max(length, 0))
        }
        (self.bytes, self.types, self.offsets) = (bytes, types, offsets)
    }

    func optional<Value: SQLValue>(_ column: Int, as type: Value.Type = Value.self) throws(StoreError) -> Value? {
        let length = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offsets[column], as: Int32.self))
        guard length >= 0 else { return nil }
        let start = offsets[column] + 4
        let field = BinaryField(
            UnsafeRawBufferPointer(rebasing: bytes[start..<(start + Int(length))]), type: types[column])
        guard let value = Value(field: field) else {
            throw .value(column: "\(column)", reason: "\(length) bytes are no \(Value.self)")
        }
        return value
    }

    func value<Value: SQLValue>(_ column: Int, as type: Value.Type = Value.self) throws(StoreError) -> Value {
        guard let value = try optional(column, as: type) else { throw .value(column: "\(column)", reason: "NULL") }
        return value
    }
}
