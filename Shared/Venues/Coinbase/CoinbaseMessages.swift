internal import Schema

/// A message of Coinbase as it is written, of Advanced Trade's streams or of Coinbase Exchange's feed.
///
/// The former say what they are by `channel`, the latter by `type`.
enum CoinbaseMessage: Decodable {
    case advanced(CoinbaseAdvancedMessage)
    case match(CoinbaseExchangeMatch)
    case ticker(CoinbaseExchangeTicker)
    case snapshot(CoinbaseExchangeSnapshot)
    case update(CoinbaseExchangeUpdate)
    case subscriptions(symbols: [String])
    case heartbeat(CoinbaseExchangeHeartbeat)
    case refused(String)
    case unclaimed(String)

    private enum CodingKeys: CodingKey { case channel, type, message, channels }

    init(from decoder: any Decoder) throws {
        let frame = try decoder.container(keyedBy: CodingKeys.self)
        if frame.contains(.channel) {
            self = .advanced(try CoinbaseAdvancedMessage(from: decoder))
            return
        }
        switch try frame.decode(String.self, forKey: .type) {
        case "match", "last_match": self = .match(try CoinbaseExchangeMatch(from: decoder))
        case "ticker": self = .ticker(try CoinbaseExchangeTicker(from: decoder))
        case "snapshot": self = .snapshot(try CoinbaseExchangeSnapshot(from: decoder))
        case "l2update": self = .update(try CoinbaseExchangeUpdate(from: decoder))
        case "heartbeat": self = .heartbeat(try CoinbaseExchangeHeartbeat(from: decoder))
        case "subscriptions":
            struct Channel: Decodable { let product_ids: [String] }
            let channels = try frame.decode([Channel].self, forKey: .channels)
            self = .subscriptions(symbols: Set(channels.flatMap(\.product_ids)).sorted())
        case "error": self = .refused(try frame.decode(String.self, forKey: .message))
        case let other: self = .unclaimed(other)
        }
    }
}

/// A message of Advanced Trade's streams.
///
/// Coinbase Developer Platform, "Advanced Trade WebSocket Channels".
struct CoinbaseAdvancedMessage: Decodable {
    enum Events {
        case trades([CoinbaseTrades])
        case tickers([CoinbaseTickers])
        case books([CoinbaseBookEvent])
        case candles([CoinbaseCandleEvent])
        case heartbeats([CoinbaseHeartbeat])
        case subscriptions([CoinbaseSubscriptions])
        case unclaimed(String)
    }

    let timestamp: PublishedDate
    let sequence: UInt64
    let events: Events

    private enum CodingKeys: String, CodingKey { case channel, timestamp, sequence = "sequence_num", events }

    init(from decoder: any Decoder) throws {
        let frame = try decoder.container(keyedBy: CodingKeys.self)
        timestamp = try frame.decode(PublishedDate.self, forKey: .timestamp)
        sequence = try frame.decode(UInt64.self, forKey: .sequence)
        func read<Event: Decodable>() throws -> [Event] { try frame.decode([Event].self, forKey: .events) }
        switch try frame.decode(String.self, forKey: .channel) {
        case "market_trades": events = .trades(try read())
        case "ticker": events = .tickers(try read())
        case "l2_data": events = .books(try read())
        case "candles": events = .candles(try read())
        case "heartbeats": events = .heartbeats(try read())
        case "subscriptions": events = .subscriptions(try read())
        case let other: events = .unclaimed(other)
        }
    }
}

/// An event of `ticker`.
struct CoinbaseTickers: Decodable {
    struct Ticker: Decodable {
        let product_id: String
        let best_bid: PublishedDecimal
        let best_bid_quantity: PublishedDecimal
        let best_ask: PublishedDecimal
        let best_ask_quantity: PublishedDecimal
    }

    let tickers: [Ticker]
}

/// An event of `l2_data`: a whole book, or what changed in one.
struct CoinbaseBookEvent: Decodable {
    enum Kind: String, Decodable { case snapshot, update }
    enum Side: String, Decodable { case bid, offer }

    struct Level: Decodable {
        let side: Side
        let price_level: PublishedDecimal
        let new_quantity: PublishedDecimal
    }

    let type: Kind
    let product_id: String
    let updates: [Level]
}

/// An event of `candles`, which are of five minutes, whatever one would like.
struct CoinbaseCandleEvent: Decodable {
    struct Candle: Decodable {
        let product_id: String
        let row: CoinbaseCandles.Row

        private enum CodingKeys: CodingKey { case product_id }

        init(from decoder: any Decoder) throws {
            product_id = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .product_id)
            row = try CoinbaseCandles.Row(from: decoder)
        }
    }

    let candles: [Candle]
}

/// An event of `heartbeats`; the counter was a string once.
struct CoinbaseHeartbeat: Decodable {
    let counter: UInt64

    private enum CodingKeys: String, CodingKey { case counter = "heartbeat_counter" }

    init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try? event.decode(String.self, forKey: .counter) {
            guard let counter = UInt64(text) else { throw DecodingError.value(decoder, "heartbeat_counter") }
            self.counter = counter
        } else {
            counter = try event.decode(UInt64.self, forKey: .counter)
        }
    }
}

/// An event of `subscriptions`: what is subscribed to now, by channel.
struct CoinbaseSubscriptions: Decodable {
    let subscriptions: [String: [String]]
}
