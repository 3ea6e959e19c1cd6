/// What a message is about, as it stands in the first frame: `stream/venue.SYMBOL/timeframe/`.
///
/// Parts that a stream does not have are left out, so an order's topic is `order/binance.BTC-USDT/`. It ends in a slash
/// because ZeroMQ filters by prefix: without it, `BTC-USD` would also match `BTC-USDT`.
public struct Topic: Sendable, Hashable, CustomStringConvertible {
    public let kind: Message.Kind
    public let instrument: Instrument?
    public let timeframe: Timeframe?

    public init(_ kind: Message.Kind, _ instrument: Instrument? = nil, _ timeframe: Timeframe? = nil) {
        self.kind = kind
        self.instrument = instrument
        self.timeframe = timeframe
    }

    public var description: String {
        var text = kind.stream + "/"
        if let instrument { text += instrument.name + "/" }
        if let timeframe { text += timeframe.rawValue + "/" }
        return text
    }

    /// Reads what ``description`` writes.
    ///
    /// - Throws: ``SchemaError/payload(kind:reason:)`` for anything else.
    public init(parsing text: String) throws(SchemaError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...4).contains(parts.count), parts.last == "", let kind = Message.Kind(stream: parts[0]) else {
            throw .payload(kind: "topic", reason: String(text.prefix(80)))
        }
        self.kind = kind
        instrument = parts.count > 2 ? try Instrument(parsing: String(parts[1])) : nil
        if parts.count > 3 {
            guard let timeframe = Timeframe(rawValue: String(parts[2])) else {
                throw .payload(kind: "topic", reason: String(text.prefix(80)))
            }
            self.timeframe = timeframe
        } else {
            timeframe = nil
        }
    }
}

extension Topic: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
