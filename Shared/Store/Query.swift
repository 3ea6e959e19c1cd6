/// SQL text with its values kept apart.
///
/// Interpolated values become `$1`, `$2`, …; they are never pasted into the text:
///
///     "SELECT state FROM snapshots WHERE service = \(service) AND position <= \(position)"
///
/// A value's Swift type says the parameter's type: `Int` is `bigint`, `String` `text`, `[UInt8]` `bytea`, `[String]`
/// `text[]`, ``Schema/UnixNanos`` `timestamptz`, ``Schema/Decimal12`` `numeric`, ``JSONText`` `jsonb`. `\(name: …)` puts
/// the quoted name of a table or column into the text.
public struct Query: ExpressibleByStringInterpolation, Sendable, Equatable {
    public private(set) var text: String
    public private(set) var parameters: [Parameter]

    /// A value, ready to be sent.
    public struct Parameter: Sendable, Equatable {
        let type: SQLType
        /// One field, its length first.
        let field: [UInt8]
    }

    public init(stringLiteral text: String) { (self.text, parameters) = (text, []) }

    public init(stringInterpolation parts: StringInterpolation) { (text, parameters) = (parts.text, parts.parameters) }

    /// Trusted text without values.
    init(trusted text: String) { (self.text, parameters) = (text, []) }

    /// The query with trusted text and one more value at its end.
    func followed(by text: String, value: some SQLValue) -> Query {
        let end: Query = "\(value)"
        var query = self
        query.parameters += end.parameters
        query.text += "\(text)$\(query.parameters.count)"
        return query
    }

    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var text = ""
        var parameters: [Parameter] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { text += literal }

        public mutating func appendInterpolation<Value: SQLValue>(_ value: Value?) {
            let writer = BinaryWriter(capacity: 64)
            writer.write(value)
            append(Parameter(type: SQLType(rawValue: Value.typeIdentifier), field: Array(writer.bytes)))
        }

        public mutating func appendInterpolation<Value: SQLValue>(_ value: Value) {
            appendInterpolation(Optional(value))
        }

        public mutating func appendInterpolation(name: String) { text += SQLText.name(name) }

        /// A part that several queries have in common.
        mutating func appendInterpolation(trusted part: String) { text += part }

        mutating func appendInterpolation(columns: [String]) { text += SQLText.names(columns) }

        private mutating func append(_ parameter: Parameter) {
            parameters.append(parameter)
            text += "$\(parameters.count)"
        }
    }
}

/// Quoting, for the places where SQL takes no parameters.
enum SQLText {
    /// The name of a table or column.
    static func name(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    static func names(_ names: [String]) -> String { names.map(name).joined(separator: ", ") }

    /// A text; `standard_conforming_strings` is on, so a backslash is one.
    static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
