internal import Synchronization

/// A market at a venue, for example `binance.BTC-USDT`.
///
/// Values are interned: one immortal entry per distinct name, so that copying and comparing one costs no more than a
/// pointer. The number of entries is bounded by the number of instruments that a process ever hears of; names that come
/// from outside are checked by ``init(parsing:)`` before they are interned.
public struct Instrument: Sendable, Hashable {
    private final class Entry: Sendable {
        let name: String
        let venue: String
        let base: String
        let quote: String

        init(name: String, venue: String, base: String, quote: String) {
            (self.name, self.venue, self.base, self.quote) = (name, venue, base, quote)
        }
    }

    private static let table = Mutex<[String: Entry]>([:])

    /// Not retained: entries are never removed from ``table``, so the reference is valid for ever.
    private unowned(unsafe) let entry: Entry

    /// Reads `venue.BASE-QUOTE`: a lower-case venue, and upper-case base and quote of letters and digits.
    ///
    /// - Throws: ``SchemaError/instrument(_:)`` for any other text.
    public init(parsing name: String) throws(SchemaError) {
        if let known = Self.table.withLock({ $0[name] }) {
            entry = known
            return
        }
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let pair = parts.count == 2 ? parts[1].split(separator: "-", omittingEmptySubsequences: false) : []
        guard pair.count == 2, name.utf8.count <= 48,
            !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }),
            pair.allSatisfy({ part in
                !part.isEmpty
                    && part.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
            })
        else { throw .instrument(name) }
        let (venue, base, quote) = (String(parts[0]), String(pair[0]), String(pair[1]))
        entry = Self.table.withLock { table in
            if let known = table[name] { return known }
            let new = Entry(name: name, venue: venue, base: base, quote: quote)
            table[name] = new
            return new
        }
    }

    /// The instrument of a name known to be well formed, such as a literal in code.
    ///
    /// A malformed name is a programming error.
    public init(_ name: String) {
        do { try self.init(parsing: name) } catch { preconditionFailure("\(error)") }
    }

    /// The whole name, `venue.BASE-QUOTE`.
    public var name: String { entry.name }
    /// The venue, for example `binance`.
    public var venue: String { entry.venue }
    /// What is traded, for example `BTC`.
    public var base: String { entry.base }
    /// What it is paid with, for example `USDT`.
    public var quote: String { entry.quote }

    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.entry === rhs.entry }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(entry)) }
}

extension Instrument: Comparable {
    /// By name, so that every process and every run has the same order.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.name < rhs.name }
}

extension Instrument: CustomStringConvertible {
    public var description: String { name }
}

extension Instrument: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
