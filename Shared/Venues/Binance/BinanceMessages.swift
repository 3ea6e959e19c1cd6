internal import Schema

/// A message of Binance's market streams as it is written.
///
/// Binance, "WebSocket Streams" of the spot, and "Websocket Market Streams" of the futures documentation.
enum BinanceMessage: Decodable {
    case trade(BinanceTradeMessage)
    case aggregateTrade(BinanceAggregateTradeMessage)
    case quote(BinanceQuoteMessage)
    case depth(BinanceDepthMessage)
    case kline(BinanceKlineMessage)
    case markPrice(BinanceMarkPriceMessage)
    case liquidation(BinanceLiquidationMessage)
    case accepted(request: UInt64?)
    case refused(SubscriptionRefusal)
    case unclaimed(String)

    private enum CodingKeys: String, CodingKey { case stream, data, result, error, code, event, id, type = "e" }

    init(from decoder: any Decoder) throws {
        let frame = try decoder.container(keyedBy: CodingKeys.self)
        if frame.contains(.event) {
            // An account's events come in a frame of their own.
            let event = try frame.nestedContainer(keyedBy: CodingKeys.self, forKey: .event)
            self = .unclaimed(try event.decode(String.self, forKey: .type))
        } else if frame.contains(.data) {
            let stream = try frame.decode(String.self, forKey: .stream)
            self = try Self(event: frame.superDecoder(forKey: .data), stream: stream)
        } else if frame.contains(.type) {
            self = try Self(event: decoder, stream: nil)
        } else if frame.contains(.error) || frame.contains(.code) {
            self = .refused(try BinanceRefusal(from: decoder).refusal)
        } else if frame.contains(.result) {
            // Not every answer: only `null` says that a subscription was accepted.
            self =
                try frame.decodeNil(forKey: .result)
                ? .accepted(request: try frame.decodeIfPresent(UInt64.self, forKey: .id)) : .unclaimed("result")
        } else {
            self = .unclaimed("")
        }
    }

    /// The event inside a frame; `stream` is what it was asked for by.
    private init(event decoder: any Decoder, stream: String?) throws {
        // `btcusdt@bookTicker`; the streams of all instruments begin with an exclamation mark.
        let channel = stream.flatMap { stream in
            stream.hasPrefix("!") ? nil : stream.split(separator: "@", maxSplits: 1).dropFirst().first.map(String.init)
        }
        // Streams of all instruments at once hold arrays, and none of them is claimed.
        let event = try? decoder.container(keyedBy: CodingKeys.self)
        let named = try event?.decodeIfPresent(String.self, forKey: .type)
        // Spot's best bid and ask is the one claimed event that does not say what it is.
        switch named ?? channel ?? stream ?? "" {
        case "trade": self = .trade(try BinanceTradeMessage(from: decoder))
        case "aggTrade": self = .aggregateTrade(try BinanceAggregateTradeMessage(from: decoder))
        case "bookTicker": self = .quote(try BinanceQuoteMessage(from: decoder))
        case "depthUpdate": self = .depth(try BinanceDepthMessage(from: decoder))
        case "kline": self = .kline(try BinanceKlineMessage(from: decoder))
        case "markPriceUpdate": self = .markPrice(try BinanceMarkPriceMessage(from: decoder))
        case "forceOrder": self = .liquidation(try BinanceLiquidationMessage(from: decoder))
        case let other: self = .unclaimed(other)
        }
    }
}

/// Both forms in which Binance refuses a request: the error inside `error`, or by itself.
private struct BinanceRefusal: Decodable {
    struct Reason: Decodable {
        let code: Int
        let msg: String
    }

    let refusal: SubscriptionRefusal

    private enum CodingKeys: CodingKey { case error, id }

    init(from decoder: any Decoder) throws {
        let frame = try decoder.container(keyedBy: CodingKeys.self)
        let reason = try frame.decodeIfPresent(Reason.self, forKey: .error) ?? Reason(from: decoder)
        refusal = SubscriptionRefusal(
            request: try? frame.decodeIfPresent(UInt64.self, forKey: .id), code: reason.code, message: reason.msg)
    }
}

/// `trade`: one fill.
struct BinanceTradeMessage: Decodable {
    let E: UnixMilliseconds
    let s: String
    let t: UInt64
    let p: PublishedDecimal
    let q: PublishedDecimal
    let T: UnixMilliseconds
    /// Whether the buyer was the maker, and so the seller crossed the spread.
    let m: Bool
    /// What kind of fill it was; of futures alone.
    let X: String?
}

/// `aggTrade`: the fills of one order at one price.
struct BinanceAggregateTradeMessage: Decodable {
    let E: UnixMilliseconds
    let s: String
    let a: UInt64
    let p: PublishedDecimal
    let q: PublishedDecimal
    let T: UnixMilliseconds
    let m: Bool
}

/// `bookTicker`: the best bid (`b`, `B`) and ask (`a`, `A`), price and quantity; spot gives no times.
struct BinanceQuoteMessage: Decodable {
    let u: UInt64
    let s: String
    let b: PublishedDecimal
    let B: PublishedDecimal
    let a: PublishedDecimal
    let A: PublishedDecimal
    let T: UnixMilliseconds?
    let E: UnixMilliseconds?
}

/// `depthUpdate`: the changes numbered `U` to `u`; `pu` is the `u` of the update before it, of futures alone.
struct BinanceDepthMessage: Decodable {
    let E: UnixMilliseconds
    let T: UnixMilliseconds?
    let s: String
    let U: UInt64
    let u: UInt64
    let pu: UInt64?
    let b: [PublishedLevel]
    let a: [PublishedLevel]
}

/// `kline`: a candle that is under way, or has just closed (`x`).
struct BinanceKlineMessage: Decodable {
    struct Candle: Decodable {
        let t: UnixMilliseconds
        let i: String
        let o: PublishedDecimal
        let h: PublishedDecimal
        let l: PublishedDecimal
        let c: PublishedDecimal
        let v: PublishedDecimal
        let x: Bool
    }

    let E: UnixMilliseconds
    let s: String
    let k: Candle
}

/// `markPriceUpdate`, of which we read the funding rate `r` that will be paid at `T`; empty for contracts without funding.
struct BinanceMarkPriceMessage: Decodable {
    let E: UnixMilliseconds
    let s: String
    let r: String
    let T: UnixMilliseconds
}

/// `forceOrder`: an order by which the venue closed a position; `z` of it was filled, at `ap` on average.
struct BinanceLiquidationMessage: Decodable {
    struct Order: Decodable {
        let s: String
        let S: String
        let ap: PublishedDecimal
        let z: PublishedDecimal
        let T: UnixMilliseconds
    }

    let E: UnixMilliseconds
    let o: Order
}
