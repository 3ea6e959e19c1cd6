internal import Schema

/// A message of Gemini's market data v2 as it is written.
enum GeminiMessage: Decodable {
    case book(GeminiBookMessage)
    case trade(GeminiTradeMessage)
    case candles(GeminiCandleMessage)
    case heartbeat(UnixNanos?)
    case refused(String)
    case unclaimed(String)

    private enum CodingKeys: CodingKey { case type, timestamp, result, reason, message }

    init(from decoder: any Decoder) throws {
        let frame = try decoder.container(keyedBy: CodingKeys.self)
        guard frame.contains(.type) else {
            guard try frame.decode(String.self, forKey: .result) == "error" else {
                throw DecodingError.value(decoder, "neither a type nor an error")
            }
            let message = try frame.decodeIfPresent(String.self, forKey: .message)
            self = .refused(try message ?? frame.decode(String.self, forKey: .reason))
            return
        }
        switch try frame.decode(String.self, forKey: .type) {
        case "l2_updates": self = .book(try GeminiBookMessage(from: decoder))
        case "trade": self = .trade(try GeminiTradeMessage(from: decoder))
        case "heartbeat":
            self = .heartbeat(try frame.decodeIfPresent(UnixMilliseconds.self, forKey: .timestamp)?.moment)
        case let type:
            // `candles_1m_updates`
            let parts = type.split(separator: "_", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "candles", parts[2] == "updates",
                let timeframe = Timeframe(rawValue: String(parts[1]))
            else {
                self = .unclaimed(type)
                return
            }
            self = .candles(try GeminiCandleMessage(timeframe: timeframe, from: decoder))
        }
    }
}

/// `l2_updates`: `[side, price, quantity]` of what changed; the first message of a symbol is its whole book, and the last
/// trades with it.
struct GeminiBookMessage: Decodable {
    let symbol: String
    let changes: [PublishedChange]
    /// Newest first; of the first message alone.
    let trades: [GeminiTradeMessage]?
}

/// `trade`, by itself or in the first message of a book.
struct GeminiTradeMessage: Decodable {
    let symbol: String
    let tid: UInt64
    let timestamp: UnixMilliseconds
    let price: PublishedDecimal
    let quantity: PublishedDecimal
    /// Of the order that crossed the spread.
    let side: String

    private enum CodingKeys: CodingKey { case symbol, tid, event_id, timestamp, price, quantity, side }

    init(from decoder: any Decoder) throws {
        let message = try decoder.container(keyedBy: CodingKeys.self)
        symbol = try message.decode(String.self, forKey: .symbol)
        // Messages have had `tid`, the name that REST knows a trade by, beside `event_id` since 2023.
        tid =
            try message.decodeIfPresent(UInt64.self, forKey: .tid) ?? message.decode(UInt64.self, forKey: .event_id)
        timestamp = try message.decode(UnixMilliseconds.self, forKey: .timestamp)
        price = try message.decode(PublishedDecimal.self, forKey: .price)
        quantity = try message.decode(PublishedDecimal.self, forKey: .quantity)
        side = try message.decode(String.self, forKey: .side)
    }
}

/// `candles_…_updates`: candles that changed, newest first.
struct GeminiCandleMessage {
    let timeframe: Timeframe
    let symbol: String
    let changes: [GeminiCandle]

    private enum CodingKeys: CodingKey { case symbol, changes }

    init(timeframe: Timeframe, from decoder: any Decoder) throws {
        let message = try decoder.container(keyedBy: CodingKeys.self)
        self.timeframe = timeframe
        symbol = try message.decode(String.self, forKey: .symbol)
        changes = try message.decode([GeminiCandle].self, forKey: .changes)
    }
}
