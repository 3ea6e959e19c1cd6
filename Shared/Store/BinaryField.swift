/// One field of a result in PostgreSQL's binary form, with the number of its type.
///
/// It lends bytes of a result or a COPY line and must not outlive it.
public struct BinaryField {
    private let bytes: UnsafeRawBufferPointer
    /// The type's object identifier.
    let type: SQLType

    init(_ bytes: UnsafeRawBufferPointer, type: SQLType) { (self.bytes, self.type) = (bytes, type) }

    var count: Int { bytes.count }

    /// The big-endian number at `offset`; `nil` when it does not fit into the field.
    func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int = 0) -> Number? {
        guard offset + MemoryLayout<Number>.size <= bytes.count else { return nil }
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// An integer of any of the three widths.
    var integer: Int64? {
        switch type {
        case .int8: number(Int64.self)
        case .int4: number(Int32.self).map(Int64.init)
        case .int2: number(Int16.self).map(Int64.init)
        default: nil
        }
    }

    func text(from offset: Int = 0) -> String { String(decoding: bytes.dropFirst(offset), as: UTF8.self) }

    var array: [UInt8] { Array(bytes) }

    /// `count` bytes from `offset` as a field of their own; `nil` when there are fewer.
    func part(_ offset: Int, count: Int, type: SQLType) -> BinaryField? {
        guard offset + count <= bytes.count else { return nil }
        return BinaryField(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]), type: type)
    }
}

/// The built-in types that the store speaks, by PostgreSQL's object identifiers (`pg_type.dat`).
struct SQLType: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32

    static let boolean = SQLType(rawValue: 16)
    static let bytea = SQLType(rawValue: 17)
    static let name = SQLType(rawValue: 19)
    static let int8 = SQLType(rawValue: 20)
    static let int2 = SQLType(rawValue: 21)
    static let int4 = SQLType(rawValue: 23)
    static let text = SQLType(rawValue: 25)
    static let float8 = SQLType(rawValue: 701)
    static let int8Array = SQLType(rawValue: 1016)
    static let textArray = SQLType(rawValue: 1009)
    static let varchar = SQLType(rawValue: 1043)
    static let timestamptz = SQLType(rawValue: 1184)
    static let numeric = SQLType(rawValue: 1700)
    static let jsonb = SQLType(rawValue: 3802)
}
