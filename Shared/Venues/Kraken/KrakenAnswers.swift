internal import Market
internal import Schema

/// What every answer looks like: errors, or a result.
struct KrakenAnswer<Result: Decodable>: Decodable {
    let error: [String]
    let result: Result?
}

/// A result that belongs to one pair, under the venue's own name of the pair, with `last` beside it.
struct KrakenPairResult<Value: Decodable>: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let value: Value

    init(from decoder: any Decoder) throws {
        let result = try decoder.container(keyedBy: Name.self)
        guard let pair = result.allKeys.first(where: { $0.stringValue != "last" }) else {
            throw DecodingError.value(decoder, "no pair")
        }
        value = try result.decode(Value.self, forKey: pair)
    }
}

/// A row of `OHLC`: `[open time in seconds, open, high, low, close, average price, volume, trades]`.
struct KrakenCandle: Decodable, Equatable {
    let candle: PublishedCandle

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        let openTime = try row.decode(UnixSeconds.self).moment
        func decimal() throws -> Double { try row.decode(PublishedDecimal.self).value }
        let (open, high, low, close) = (try decimal(), try decimal(), try decimal(), try decimal())
        _ = try decimal()
        candle = PublishedCandle(
            openTime: openTime, open: open, high: high, low: low, close: close, volume: try decimal())
    }
}

/// A row of `Trades`: `[price, quantity, seconds, side, order type, …, number]`; messages of version 1 have no number.
struct KrakenTrade: Decodable, Equatable {
    let price: PublishedDecimal
    let quantity: PublishedDecimal
    let time: UnixSeconds
    let aggressor: Trade.Aggressor
    let number: UInt64?

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        price = try row.decode(PublishedDecimal.self)
        quantity = try row.decode(PublishedDecimal.self)
        time = try row.decode(UnixSeconds.self)
        switch try row.decode(String.self) {
        case "b": aggressor = .buyer
        case "s": aggressor = .seller
        default: throw DecodingError.value(decoder, "neither b nor s")
        }
        _ = try row.decode(String.self)
        _ = try row.decode(String.self)
        number = row.isAtEnd ? nil : try row.decode(UInt64.self)
    }

    /// The trade; where the venue gives it no number, what is known of it is its identifier.
    func trade(_ instrument: Instrument, receivedAt: UnixNanos) throws(SchemaError) -> NumberedTrade {
        let identifier = number.map { "\($0)" } ?? "\(time.moment.rawValue):\(price.value):\(quantity.value)"
        return NumberedTrade(
            trade: try Trade(
                instrument: instrument, id: identifier, price: price.value, quantity: quantity.value,
                aggressor: aggressor, eventTime: time.moment, receiveTime: receivedAt),
            sequence: number)
    }
}

/// The result of `Depth`; each level with the second of its last change.
struct KrakenDepth: Decodable, Equatable {
    let bids: [PublishedLevel]
    let asks: [PublishedLevel]
}
