internal import Market
internal import Schema

/// The answer of `candles`, newest first.
struct CoinbaseCandles: Decodable {
    struct Row: Decodable {
        /// The open time, in seconds.
        let start: UnixSeconds
        let open: PublishedDecimal
        let high: PublishedDecimal
        let low: PublishedDecimal
        let close: PublishedDecimal
        let volume: PublishedDecimal

        var candle: PublishedCandle {
            PublishedCandle(
                openTime: start.moment, open: open.value, high: high.value, low: low.value, close: close.value,
                volume: volume.value)
        }
    }

    let candles: [Row]
}

/// A trade, in the answer of `ticker` and in messages of `market_trades`.
struct CoinbaseTrade: Decodable {
    let trade_id: String
    let product_id: String
    let price: PublishedDecimal
    let size: PublishedDecimal
    let time: PublishedDate
    /// Of the order that was resting in the book.
    let side: String

    /// The trade, numbered by its identifier, which counts the product's trades.
    func trade(_ instrument: Instrument, receivedAt: UnixNanos) throws(SchemaError) -> NumberedTrade {
        guard let aggressor = Coinbase.aggressor(makerSide: side) else {
            throw .payload(kind: "trade", reason: "side \"\(side.prefix(16))\"")
        }
        guard let number = UInt64(trade_id) else {
            throw .payload(kind: "trade", reason: "trade_id \"\(trade_id.prefix(32))\"")
        }
        return NumberedTrade(
            trade: try Trade(
                instrument: instrument, id: trade_id, price: price.value, quantity: size.value, aggressor: aggressor,
                eventTime: time.moment, receiveTime: receivedAt),
            sequence: number)
    }
}

extension CoinbaseTrade {
    /// Whether a trade came before another one; the venue promises no order, though the newest mostly comes first.
    static func isEarlier(_ left: Self, _ right: Self) -> Bool {
        let (leftTime, rightTime) = (left.time.moment, right.time.moment)
        guard leftTime == rightTime else { return leftTime < rightTime }
        return (UInt64(left.trade_id) ?? 0) < (UInt64(right.trade_id) ?? 0)
    }
}

/// The answer of `ticker`.
struct CoinbaseTrades: Decodable {
    let trades: [CoinbaseTrade]
}

/// The answer of `product_book`.
struct CoinbaseBook: Decodable {
    struct Book: Decodable {
        let bids: [Level]
        let asks: [Level]
        let time: PublishedDate
    }

    struct Level: Decodable {
        let price: PublishedDecimal
        let size: PublishedDecimal
    }

    let pricebook: Book

    func snapshot(_ instrument: Instrument, receivedAt: UnixNanos) throws(SchemaError) -> DepthSnapshot {
        func levels(_ side: [Level]) throws(SchemaError) -> [BookLevel] {
            var levels: [BookLevel] = []
            for level in side {
                levels.append(try BookLevel(price: level.price.value, quantity: level.size.value))
            }
            return levels
        }
        return DepthSnapshot(
            instrument: instrument, bids: try levels(pricebook.bids), asks: try levels(pricebook.asks),
            eventTime: pricebook.time.moment, receiveTime: receivedAt)
    }
}
