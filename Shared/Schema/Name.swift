internal import Synchronization

/// A name out of a small set, such as a model version's or a rule's.
///
/// Values are interned, as instruments are: one immortal entry per distinct name, so that copying and comparing one costs
/// no more than a pointer, and a message that holds one needs no reference counting. It is for names that come again and
/// again, never for identifiers that are made for each message.
public struct Name: Sendable, Hashable {
    private final class Entry: Sendable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private static let table = Mutex<[String: Entry]>([:])

    /// Not retained: entries are never removed from ``table``, so the reference is valid for ever.
    private unowned(unsafe) let entry: Entry

    public init(_ text: String) {
        entry = Self.table.withLock { table in
            if let known = table[text] { return known }
            let new = Entry(text)
            table[text] = new
            return new
        }
    }

    public var text: String { entry.text }

    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.entry === rhs.entry }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(entry)) }
}

extension Name: Comparable {
    /// By text, so that every process and every run has the same order.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.text < rhs.text }
}

extension Name: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }
    public var description: String { text }
}

extension Name: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
