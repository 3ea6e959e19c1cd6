internal import Schema

/// A message of Kraken's websockets of version 1.
///
/// Data are `[channel number, payload, …, channel, pair]`; a book can have two payloads. All else is an object with `event`.
/// Kraken, "Spot Websocket API v1".
enum KrakenOldMessage {
    case trades([KrakenTrade], pair: String)
    case ticker(KrakenOldTicker, pair: String)
    case book([KrakenOldBook], pair: String)
    case heartbeat
    case status(String)
    case subscription(KrakenOldSubscription)
    case unclaimed(String)

    private struct Skipped: Decodable {
        init(from decoder: any Decoder) {}
    }

    private enum CodingKeys: CodingKey { case event, status }

    init(array decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        guard let count = row.count, count >= 4 else { throw DecodingError.value(decoder, "fewer than four parts") }
        // What the payload is stands behind it.
        var ahead = row
        for _ in 0..<(count - 2) { _ = try ahead.decode(Skipped.self) }
        let (channel, pair) = (try ahead.decode(String.self), try ahead.decode(String.self))
        _ = try row.decode(Skipped.self)
        switch channel.prefix(while: { $0 != "-" }) {
        case "trade": self = .trades(try row.decode([KrakenTrade].self), pair: pair)
        case "ticker": self = .ticker(try row.decode(KrakenOldTicker.self), pair: pair)
        case "book":
            var books: [KrakenOldBook] = []
            for _ in 0..<(count - 3) { books.append(try row.decode(KrakenOldBook.self)) }
            self = .book(books, pair: pair)
        default: self = .unclaimed(channel)
        }
    }

    init(event decoder: any Decoder) throws {
        let frame = try decoder.container(keyedBy: CodingKeys.self)
        switch try frame.decode(String.self, forKey: .event) {
        case "heartbeat": self = .heartbeat
        case "systemStatus": self = .status(try frame.decode(String.self, forKey: .status))
        case "subscriptionStatus": self = .subscription(try KrakenOldSubscription(from: decoder))
        case let other: self = .unclaimed(other)
        }
    }
}

/// The best ask and bid of `ticker`: `[price, quantity in whole lots, quantity]`.
struct KrakenOldTicker: Decodable {
    struct Side: Decodable {
        let level: BookLevel

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            let price = try row.decode(PublishedDecimal.self).value
            _ = try row.decode(Int64.self)
            let quantity = try row.decode(PublishedDecimal.self).value
            level = try BookLevel(published: price, quantity, decoder)
        }
    }

    let a: Side
    let b: Side
}

/// A payload of `book`: a whole book (`as`, `bs`), or changes of one or both sides (`a`, `b`) with the checksum (`c`).
struct KrakenOldBook: Decodable {
    /// `[price, quantity, seconds]`, and `r` behind them where an old level came into the depth again.
    struct Level: Decodable {
        let published: PublishedLevel
        let time: UnixSeconds

        init(from decoder: any Decoder) throws {
            published = try PublishedLevel(from: decoder)
            var row = try decoder.unkeyedContainer()
            _ = try row.decode(String.self)
            _ = try row.decode(String.self)
            time = try row.decode(UnixSeconds.self)
        }
    }

    let `as`: [Level]?
    let bs: [Level]?
    let a: [Level]?
    let b: [Level]?
    let c: String?
}

/// The answer to a subscription of one pair.
struct KrakenOldSubscription: Decodable {
    let status: String
    let channelName: String?
    let pair: String?
    let reqid: UInt64?
    let errorMessage: String?
}
