internal import Schema

/// How one kind of message stands in its table.
protocol EventTable {
    associatedtype Value
    static var table: Table { get }
    /// Writes a row's fields in the order of the table's columns.
    static func write(_ value: Value, of event: Event, to writer: BinaryWriter)
    /// Reads a row that has the table's columns.
    static func read(_ row: Row) throws(StoreError) -> Message
}

extension Row {
    func instrument(_ column: String = "instrument") throws(StoreError) -> Instrument {
        let name: String = try value(column)
        do throws(SchemaError) {
            return try Instrument(parsing: name)
        } catch {
            throw .content(table: column, error)
        }
    }

    /// A text column that holds one of an enumeration's names.
    func name<Name: RawRepresentable<String>>(_ column: String, as type: Name.Type = Name.self) throws(StoreError)
        -> Name
    {
        let text: String = try value(column)
        guard let name = Name(rawValue: text) else {
            throw .value(column: column, reason: "\(text.prefix(64)) is no \(Name.self)")
        }
        return name
    }
}
