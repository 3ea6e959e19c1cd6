internal import Market
public import Schema

extension CoinbaseFeed {
    public func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
        switch try decodeMessage(CoinbaseMessage.self, from: message) {
        case .advanced(let message): try read(message, receivedAt)
        case .match(let match): try read(match, receivedAt)
        case .ticker(let ticker): try read(ticker, receivedAt)
        case .snapshot(let snapshot): try read(snapshot, receivedAt)
        case .update(let update): try read(update, receivedAt)
        case .subscriptions(let symbols): VenueMessage(events: [.subscribed(SubscriptionReply(symbols: symbols))])
        case .heartbeat(let heartbeat): VenueMessage(time: heartbeat.time.moment, events: [.heartbeat(nil)])
        case .refused(let reason): VenueMessage(events: [.subscriptionRefused(SubscriptionRefusal(message: reason))])
        case .unclaimed(let type): throw .unclaimed(type)
        }
    }

    private func read(
        _ message: CoinbaseAdvancedMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let time = message.timestamp.moment
        var events: [VenueEvent] = []
        switch message.events {
        case .trades(let groups):
            for trade in groups.flatMap(\.trades).sorted(by: CoinbaseTrade.isEarlier) {
                events.append(try read(trade, receivedAt))
            }
        case .tickers(let groups):
            for ticker in groups.flatMap(\.tickers) {
                let quote = try bestQuote(
                    symbols.instrument(ticker.product_id),
                    bid: (ticker.best_bid.value, ticker.best_bid_quantity.value),
                    ask: (ticker.best_ask.value, ticker.best_ask_quantity.value), eventTime: time,
                    receivedAt: receivedAt)
                if let quote { events.append(quote) }
            }
        case .books(let books):
            for book in books { events.append(try read(book, time, receivedAt)) }
        case .candles(let groups):
            for candle in groups.flatMap(\.candles) { events.append(try read(candle)) }
        case .heartbeats(let heartbeats): events = heartbeats.map { .heartbeat($0.counter) }
        case .subscriptions(let groups):
            let symbols = Set(groups.flatMap { $0.subscriptions.values.joined() }).sorted()
            events = [.subscribed(SubscriptionReply(symbols: symbols))]
        case .unclaimed(let channel): throw .unclaimed(channel)
        }
        return VenueMessage(connectionSequence: message.sequence, time: time, events: events)
    }

    private func read(_ trade: CoinbaseTrade, _ receivedAt: UnixNanos) throws(VenueMessageError) -> VenueEvent {
        let instrument = try symbols.instrument(trade.product_id)
        let numbered = try valid { () throws(SchemaError) in try trade.trade(instrument, receivedAt: receivedAt) }
        return .trade(numbered.trade, sequence: numbered.sequence)
    }

    private func read(
        _ book: CoinbaseBookEvent, _ time: UnixNanos, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueEvent {
        let instrument = try symbols.instrument(book.product_id)
        var (bids, asks): ([BookLevel], [BookLevel]) = ([], [])
        for update in book.updates {
            let level = try valid { () throws(SchemaError) in
                try BookLevel(price: update.price_level.value, quantity: update.new_quantity.value)
            }
            if update.side == .bid { bids.append(level) } else { asks.append(level) }
        }
        switch book.type {
        case .snapshot:
            return .depthSnapshot(
                DepthSnapshot(
                    instrument: instrument, bids: bids.sorted { $0.price > $1.price },
                    asks: asks.sorted { $0.price < $1.price }, eventTime: time, receiveTime: receivedAt))
        case .update:
            return .depthUpdate(
                DepthUpdate(
                    instrument: instrument, bids: bids, asks: asks, eventTime: time, receiveTime: receivedAt))
        }
    }

    private func read(_ candle: CoinbaseCandleEvent.Candle) throws(VenueMessageError) -> VenueEvent {
        let published = candle.row.candle
        let row = CandleRow(
            instrument: try symbols.instrument(candle.product_id).name, timeframe: .minute5,
            openMilliseconds: published.openTime.milliseconds, open: published.open, high: published.high,
            low: published.low, close: published.close, volume: published.volume, source: .exchange)
        return .candle(VenueCandle(row: row, isClosed: false))
    }
}
