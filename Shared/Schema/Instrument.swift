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
        let utf8: [UInt8]
        let number: Int
        let spread: UInt64

        init(name: String, venue: String, base: String, quote: String, number: Int) {
            (self.name, self.venue, self.base, self.quote) = (name, venue, base, quote)
            self.number = number
            utf8 = Array(name.utf8)
            // The mixing makes every bit depend on all of the name, which the low bits of the hash do not.
            var mixer = SplitMix64(seed: utf8.withUnsafeBytes(Self.fnv1a))
            spread = mixer.next()
        }

        /// FNV-1a with 64 bits.
        static func fnv1a(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for index in 0..<bytes.count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
            return hash
        }
    }

    private struct Table {
        private(set) var byName: [String: Entry] = [:]
        /// The same entries by their bytes, for those who have no text: open addressing, at most half full.
        private var slots: [Entry?] = Array(repeating: nil, count: 64)

        mutating func insert(_ entry: Entry) {
            byName[entry.name] = entry
            if byName.count > slots.count / 2 {
                slots = Array(repeating: nil, count: 2 * slots.count)
                for other in byName.values { place(other) }
            } else {
                place(entry)
            }
        }

        private mutating func place(_ entry: Entry) {
            var index = entry.utf8.withUnsafeBytes(Self.hash) & (slots.count - 1)
            while slots[index] != nil { index = (index + 1) & (slots.count - 1) }
            slots[index] = entry
        }

        func entry(_ bytes: UnsafeRawBufferPointer) -> Entry? {
            var index = Self.hash(bytes) & (slots.count - 1)
            while let entry = slots[index] {
                if entry.utf8.withUnsafeBytes({ Self.same($0, bytes) }) { return entry }
                index = (index + 1) & (slots.count - 1)
            }
            return nil
        }

        private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
            Int(truncatingIfNeeded: Entry.fnv1a(bytes) >> 1)
        }

        private static func same(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
            guard left.count == right.count else { return false }
            for index in 0..<left.count where left[index] != right[index] { return false }
            return true
        }
    }

    private static let table = Mutex(Table())

    /// Not retained: entries are never removed from ``table``, so the reference is valid for ever.
    private unowned(unsafe) let entry: Entry

    /// Reads `venue.BASE-QUOTE`: a lower-case venue, and upper-case base and quote of letters and digits.
    ///
    /// - Throws: ``SchemaError/instrument(_:)`` for any other text.
    public init(parsing name: String) throws(SchemaError) {
        if let known = Self.table.withLock({ $0.byName[name] }) {
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
            if let known = table.byName[name] { return known }
            let new = Entry(name: name, venue: venue, base: base, quote: quote, number: table.byName.count)
            table.insert(new)
            return new
        }
    }

    /// The instrument of a name known to be well formed, such as a literal in code.
    ///
    /// A malformed name is a programming error.
    public init(_ name: String) {
        do { try self.init(parsing: name) } catch { preconditionFailure("\(error)") }
    }

    /// The instrument of this name, if there is one already.
    init?(known name: UnsafeRawBufferPointer) {
        guard let known = Self.table.withLock({ $0.entry(name) }) else { return nil }
        entry = known
    }

    /// The whole name, `venue.BASE-QUOTE`.
    public var name: String { entry.name }
    /// Counts the instruments from 0 as this process first heard of them: for caches, never for results.
    public var number: Int { entry.number }
    /// A number spread evenly over 64 bits, the same in every process.
    public var spread: UInt64 { entry.spread }
    /// The name's bytes.
    var utf8: [UInt8] { entry.utf8 }
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
