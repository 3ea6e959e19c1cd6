internal import Schema

// The messages of Coinbase Exchange.
extension CoinbaseFeed {
    func read(
        _ match: CoinbaseExchangeMatch, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let instrument = try symbols.instrument(match.product_id)
        guard let aggressor = Coinbase.aggressor(makerSide: match.side) else {
            throw .malformed(".side: neither buy nor sell")
        }
        let trade = try valid { () throws(SchemaError) in
            try Trade(
                instrument: instrument, id: "\(match.trade_id)", price: match.price.value, quantity: match.size.value,
                aggressor: aggressor, eventTime: match.time.moment, receiveTime: receivedAt)
        }
        // The last match before the subscription may be of long ago, so it does not say when it was sent.
        return VenueMessage(
            time: match.type == .match ? match.time.moment : nil, events: [.trade(trade, sequence: match.trade_id)])
    }

    func read(
        _ ticker: CoinbaseExchangeTicker, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        guard let bidSize = ticker.best_bid_size, let askSize = ticker.best_ask_size else {
            throw .unclaimed("ticker without sizes")
        }
        let time = ticker.time.moment
        let quote = try bestQuote(
            symbols.instrument(ticker.product_id), bid: (ticker.best_bid.value, bidSize.value),
            ask: (ticker.best_ask.value, askSize.value), eventTime: time, receivedAt: receivedAt)
        return VenueMessage(time: time, events: quote.map { [$0] } ?? [])
    }

    func read(
        _ snapshot: CoinbaseExchangeSnapshot, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let time = snapshot.time?.moment
        let book = DepthSnapshot(
            instrument: try symbols.instrument(snapshot.product_id), bids: snapshot.bids.map(\.level),
            asks: snapshot.asks.map(\.level), eventTime: time ?? receivedAt, receiveTime: receivedAt)
        return VenueMessage(time: time, events: [.depthSnapshot(book)])
    }

    func read(
        _ message: CoinbaseExchangeUpdate, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let update = DepthUpdate(
            instrument: try symbols.instrument(message.product_id),
            bids: message.changes.filter(\.isBid).map(\.level), asks: message.changes.filter { !$0.isBid }.map(\.level),
            eventTime: message.time.moment, receiveTime: receivedAt)
        return VenueMessage(time: message.time.moment, events: [.depthUpdate(update)])
    }
}
