public import Schema

/// Where candles came from that something was learned from, and how many from each.
///
/// In JSON an object of counts by source.
public struct DataOrigins: Sendable, Hashable {
    public private(set) var counts: [Candle.Source: Int]

    public init(_ counts: [Candle.Source: Int] = [:]) { self.counts = counts }

    public mutating func add(_ source: Candle.Source) { counts[source, default: 0] += 1 }

    /// How many there are.
    public var total: Int { counts.values.reduce(0, +) }

    /// Whether all were made up, so that nothing of the market was seen.
    public var isMadeUp: Bool { total > 0 && counts[.synthetic] == total }
}

extension DataOrigins: Codable {
    public init(from decoder: any Decoder) throws {
        let values = try decoder.singleValueContainer()
        counts = [:]
        for (name, count) in try values.decode([String: Int].self) {
            guard let source = Candle.Source(rawValue: name) else {
                throw DecodingError.dataCorruptedError(in: values, debugDescription: "there is no source \"\(name)\"")
            }
            counts[source] = count
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.singleValueContainer()
        try values.encode(Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }))
    }
}

extension DataOrigins: CustomStringConvertible {
    /// As "1400 candles: exchange 1380, synthetic 20", the most frequent first.
    public var description: String {
        let parts = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        return "\(total) candles: " + parts.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
    }
}
