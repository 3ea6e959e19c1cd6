internal import Market
internal import Schema

/// A row of `trades` and `historicalTrades`.
struct BinanceTradeRow: Decodable, Equatable {
    let id: UInt64
    let price: PublishedDecimal
    let qty: PublishedDecimal
    let time: UnixMilliseconds
    let isBuyerMaker: Bool

    func trade(_ instrument: Instrument, receivedAt: UnixNanos) throws(SchemaError) -> NumberedTrade {
        NumberedTrade(
            trade: try Trade(
                instrument: instrument, id: "\(id)", price: price.value, quantity: qty.value,
                aggressor: isBuyerMaker ? .seller : .buyer, eventTime: time.moment, receiveTime: receivedAt),
            sequence: id)
    }
}

/// A row of `aggTrades`: the fills of one order at one price, put together.
struct BinanceAggregateTradeRow: Decodable, Equatable {
    let a: UInt64
    let p: PublishedDecimal
    let q: PublishedDecimal
    let T: UnixMilliseconds
    let m: Bool

    func trade(_ instrument: Instrument, receivedAt: UnixNanos) throws(SchemaError) -> NumberedTrade {
        NumberedTrade(
            trade: try Trade(
                instrument: instrument, id: Self.identifier(a), price: p.value, quantity: q.value,
                aggressor: m ? .seller : .buyer, eventTime: T.moment, receiveTime: receivedAt),
            sequence: a)
    }

    /// Binance numbers aggregates and single trades apart, so a letter keeps their identifiers apart.
    static func identifier(_ number: UInt64) -> String { "a\(number)" }
}
