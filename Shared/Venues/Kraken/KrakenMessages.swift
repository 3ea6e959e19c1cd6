internal import Schema

/// A message of Kraken's websockets as it is written, of version 2 or version 1.
///
/// Version 2 says what it is by `channel` or `method`, version 1 is an array, or says it by `event`.
enum KrakenMessage: Decodable {
    case trades([KrakenTradeMessage])
    case tickers([KrakenTickerMessage])
    case books([KrakenBookMessage], isSnapshot: Bool)
    case candles([KrakenCandleMessage], time: UnixNanos?)
    case heartbeat
    case status(String)
    case reply(KrakenReply)
    case pong
    case old(KrakenOldMessage)
    case unclaimed(String)

    private enum CodingKeys: CodingKey { case channel, type, data, timestamp, method, event, feed }
    private enum Kind: String, Decodable { case snapshot, update }

    init(from decoder: any Decoder) throws {
        guard let frame = try? decoder.container(keyedBy: CodingKeys.self) else {
            self = .old(try KrakenOldMessage(array: decoder))
            return
        }
        if frame.contains(.method) {
            switch try frame.decode(String.self, forKey: .method) {
            case "subscribe", "unsubscribe": self = .reply(try KrakenReply(from: decoder))
            case "pong": self = .pong
            case let other: self = .unclaimed(other)
            }
            return
        }
        if frame.contains(.event) {
            self = .old(try KrakenOldMessage(event: decoder))
            return
        }
        guard frame.contains(.channel) else {
            // The futures venue, which is not claimed, says what it is by `feed`.
            self = .unclaimed("futures \(try frame.decode(String.self, forKey: .feed))")
            return
        }
        func data<Value: Decodable>() throws -> [Value] { try frame.decode([Value].self, forKey: .data) }
        switch try frame.decode(String.self, forKey: .channel) {
        case "trade": self = .trades(try data())
        case "ticker": self = .tickers(try data())
        case "book": self = .books(try data(), isSnapshot: try frame.decode(Kind.self, forKey: .type) == .snapshot)
        case "ohlc":
            let time = try frame.decodeIfPresent(PublishedDate.self, forKey: .timestamp)
            self = .candles(try data(), time: time?.moment)
        case "heartbeat": self = .heartbeat
        case "status":
            struct Status: Decodable { let system: String }
            let statuses: [Status] = try data()
            self = statuses.last.map { .status($0.system) } ?? .unclaimed("status")
        case let other: self = .unclaimed(other)
        }
    }
}

/// A trade of the channel `trade`; `trade_id` counts the pair's trades.
struct KrakenTradeMessage: Decodable {
    /// Of the order that crossed the spread.
    enum Side: String, Decodable { case buy, sell }

    let symbol: String
    let side: Side
    let price: Double
    let qty: Double
    let trade_id: UInt64
    let timestamp: PublishedDate
}

/// The best bid and ask of the channel `ticker`.
struct KrakenTickerMessage: Decodable {
    let symbol: String
    let bid: Double
    let bid_qty: Double
    let ask: Double
    let ask_qty: Double
    let timestamp: PublishedDate?
}

/// A book of the channel `book`, or what changed in it.
struct KrakenBookMessage: Decodable {
    struct Level: Decodable {
        let level: BookLevel

        private enum CodingKeys: CodingKey { case price, qty }

        init(from decoder: any Decoder) throws {
            let level = try decoder.container(keyedBy: CodingKeys.self)
            let (price, quantity) = (
                try level.decode(Double.self, forKey: .price), try level.decode(Double.self, forKey: .qty)
            )
            self.level = try BookLevel(published: price, quantity, decoder)
        }
    }

    let symbol: String
    let bids: [Level]
    let asks: [Level]
    let checksum: UInt32
    let timestamp: PublishedDate?
}

/// A candle of the channel `ohlc`, of so many minutes.
struct KrakenCandleMessage: Decodable {
    let symbol: String
    let interval: Int64
    let interval_begin: PublishedDate
    let open: Double
    let high: Double
    let low: Double
    let close: Double
    let volume: Double
}

/// The answer to a subscription of one symbol.
struct KrakenReply: Decodable {
    struct Result: Decodable {
        let channel: String
        let symbol: String?
    }

    let method: String
    let success: Bool
    let result: Result?
    let error: String?
    let symbol: String?
    let req_id: UInt64?
}
