internal import Foundation
public import Schema

/// A Swift type with a column type of its own.
public protocol SQLValue: Sendable {
    /// The column type's object identifier, by which a parameter is announced.
    static var typeIdentifier: UInt32 { get }
    /// Writes the value as one field.
    func write(to writer: BinaryWriter)
    /// Reads a field; `nil` when it is of another type, or its value does not fit.
    init?(field: BinaryField)
}

/// JSON text, for `jsonb` columns.
///
/// PostgreSQL keeps its content, not its spaces and the order of its keys.
public struct JSONText: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }
    public init(stringLiteral text: String) { rawValue = text }

    /// The JSON of a value, keys in order.
    public init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        rawValue = String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The value that the JSON describes.
    public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(rawValue.utf8))
    }
}

extension Int64: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.int8.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(self) }
    public init?(field: BinaryField) {
        guard let value = field.integer else { return nil }
        self = value
    }
}

extension Int: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.int8.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(Int64(self)) }
    public init?(field: BinaryField) {
        guard let value = field.integer else { return nil }
        self = Int(value)
    }
}

extension Int32: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.int4.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(self) }
    public init?(field: BinaryField) {
        guard let value = field.integer.flatMap({ Int32(exactly: $0) }) else { return nil }
        self = value
    }
}

extension Int16: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.int2.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(self) }
    public init?(field: BinaryField) {
        guard let value = field.integer.flatMap({ Int16(exactly: $0) }) else { return nil }
        self = value
    }
}

extension Bool: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.boolean.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(UInt8(self ? 1 : 0)) }
    public init?(field: BinaryField) {
        guard field.type == .boolean, let byte = field.number(UInt8.self) else { return nil }
        self = byte != 0
    }
}

/// All bit patterns survive but those of not-a-number, of which there is one, so that equal rows have equal bytes.
extension Double: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.float8.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(isNaN ? Double.nan.bitPattern : bitPattern) }
    public init?(field: BinaryField) {
        guard field.type == .float8, let bits = field.number(UInt64.self) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension String: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.text.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(self) }
    public init?(field: BinaryField) {
        guard [.text, .varchar, .name].contains(field.type) else { return nil }
        self = field.text()
    }
}

extension JSONText: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.jsonb.rawValue }
    public func write(to writer: BinaryWriter) {
        // Version 1 of the binary form is the text.
        writer.field {
            writer.raw(UInt8(1))
            for byte in rawValue.utf8 { writer.raw(byte) }
        }
    }
    public init?(field: BinaryField) {
        guard field.type == .jsonb, field.number(UInt8.self) == 1 else { return nil }
        rawValue = field.text(from: 1)
    }
}

extension UnixNanos: SQLValue {
    /// Microseconds from 1970 to 2000, whence PostgreSQL counts.
    private static let epoch: Int64 = 946_684_800_000_000

    public static var typeIdentifier: UInt32 { SQLType.timestamptz.rawValue }
    /// Moments are rounded down to the microsecond.
    public func write(to writer: BinaryWriter) {
        let (quotient, remainder) = rawValue.quotientAndRemainder(dividingBy: 1000)
        writer.field(quotient - (remainder < 0 ? 1 : 0) - Self.epoch)
    }
    public init?(field: BinaryField) {
        guard field.type == .timestamptz, let count = field.number(Int64.self) else { return nil }
        let (micros, isTooLate) = count.addingReportingOverflow(Self.epoch)
        let (nanos, isTooFar) = micros.multipliedReportingOverflow(by: 1000)
        guard !isTooLate, !isTooFar else { return nil }
        self.init(nanos)
    }
}

extension FeedPosition: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.int8.rawValue }
    public func write(to writer: BinaryWriter) { writer.field(Int64(bitPattern: rawValue)) }
    public init?(field: BinaryField) {
        guard let value = field.integer else { return nil }
        self.init(UInt64(bitPattern: value))
    }
}

extension Array: SQLValue where Element: SQLArrayElement {
    public static var typeIdentifier: UInt32 { Element.arrayTypeIdentifier }
    public func write(to writer: BinaryWriter) { Element.write(self, to: writer) }
    public init?(field: BinaryField) {
        guard let values = Element.read(field) else { return nil }
        self = values
    }
}
