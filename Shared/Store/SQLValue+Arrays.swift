/// What a column can hold several of: bytes, as `bytea`, and numbers and texts, as arrays.
public protocol SQLArrayElement: Sendable {
    static var arrayTypeIdentifier: UInt32 { get }
    static func write(_ values: [Self], to writer: BinaryWriter)
    /// Reads a field; `nil` when it is of another type.
    static func read(_ field: BinaryField) -> [Self]?
}

extension UInt8: SQLArrayElement {
    public static var arrayTypeIdentifier: UInt32 { SQLType.bytea.rawValue }
    public static func write(_ values: [UInt8], to writer: BinaryWriter) { writer.field(values) }
    public static func read(_ field: BinaryField) -> [UInt8]? { field.type == .bytea ? field.array : nil }
}

extension String: SQLArrayElement {
    public static var arrayTypeIdentifier: UInt32 { SQLType.textArray.rawValue }
    public static func write(_ values: [String], to writer: BinaryWriter) { values.writeArray(to: writer, of: .text) }
    public static func read(_ field: BinaryField) -> [String]? { [String](elementsOf: field, type: .textArray, .text) }
}

extension Int64: SQLArrayElement {
    public static var arrayTypeIdentifier: UInt32 { SQLType.int8Array.rawValue }
    public static func write(_ values: [Int64], to writer: BinaryWriter) { values.writeArray(to: writer, of: .int8) }
    public static func read(_ field: BinaryField) -> [Int64]? { [Int64](elementsOf: field, type: .int8Array, .int8) }
}

/// An array's binary form: dimensions, whether it has NULLs, element type; length and lower bound; then the elements.
extension Array where Element: SQLValue {
    fileprivate func writeArray(to writer: BinaryWriter, of type: SQLType) {
        writer.field {
            writer.raw(Int32(isEmpty ? 0 : 1))
            writer.raw(Int32(0))
            writer.raw(type.rawValue)
            guard !isEmpty else { return }
            writer.raw(Int32(count))
            writer.raw(Int32(1))
            for element in self { element.write(to: writer) }
        }
    }

    fileprivate init?(elementsOf field: BinaryField, type: SQLType, _ elementType: SQLType) {
        guard field.type == type, let dimensions = field.number(Int32.self) else { return nil }
        self = []
        guard dimensions > 0 else { return }
        guard dimensions == 1, let length = field.number(Int32.self, at: 12) else { return nil }
        var offset = 20
        for _ in 0..<length {
            guard let size = field.number(Int32.self, at: offset), size >= 0,
                let part = field.part(offset + 4, count: Int(size), type: elementType),
                let element = Element(field: part)
            else { return nil }
            append(element)
            offset += 4 + Int(size)
        }
    }
}
