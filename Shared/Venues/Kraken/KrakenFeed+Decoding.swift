internal import Market
public import Schema

extension KrakenFeed {
    public func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
        switch try decodeMessage(KrakenMessage.self, from: message) {
        case .trades(let trades):
            var events: [VenueEvent] = []
            for trade in trades { events.append(try read(trade, receivedAt)) }
            // A snapshot's trades are of long ago, so none of them says when the message was sent.
            return VenueMessage(events: events)
        case .tickers(let tickers):
            var events: [VenueEvent] = []
            for ticker in tickers {
                let quote = try bestQuote(
                    symbols.instrument(ticker.symbol), bid: (ticker.bid, ticker.bid_qty),
                    ask: (ticker.ask, ticker.ask_qty), eventTime: ticker.timestamp?.moment ?? receivedAt,
                    receivedAt: receivedAt)
                if let quote { events.append(quote) }
            }
            return VenueMessage(time: tickers.last?.timestamp?.moment, events: events)
        case .books(let books, let isSnapshot):
            var events: [VenueEvent] = []
            for book in books { events.append(try read(book, isSnapshot: isSnapshot, receivedAt)) }
            return VenueMessage(time: isSnapshot ? nil : books.last?.timestamp?.moment, events: events)
        case .candles(let candles, let time):
            var events: [VenueEvent] = []
            for candle in candles { events.append(try read(candle)) }
            return VenueMessage(time: time, events: events)
        case .heartbeat: return VenueMessage(events: [.heartbeat(nil)])
        case .status(let word): return VenueMessage(events: [.status(try status(word))])
        case .reply(let reply): return VenueMessage(events: [event(reply)])
        case .pong: return VenueMessage(events: [])
        case .old(let message): return try read(message, receivedAt)
        case .unclaimed(let type): throw .unclaimed(type)
        }
    }

    func status(_ word: String) throws(VenueMessageError) -> VenueStatus {
        guard let status = Kraken.status(word) else { throw .malformed("the status \"\(word.prefix(32))\"") }
        return status
    }

    private func read(_ trade: KrakenTradeMessage, _ receivedAt: UnixNanos) throws(VenueMessageError) -> VenueEvent {
        let instrument = try symbols.instrument(trade.symbol)
        let value = try valid { () throws(SchemaError) in
            try Trade(
                instrument: instrument, id: "\(trade.trade_id)", price: trade.price, quantity: trade.qty,
                aggressor: trade.side == .buy ? .buyer : .seller, eventTime: trade.timestamp.moment,
                receiveTime: receivedAt)
        }
        return .trade(value, sequence: trade.trade_id)
    }

    private func read(
        _ book: KrakenBookMessage, isSnapshot: Bool, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueEvent {
        let instrument = try symbols.instrument(book.symbol)
        let (bids, asks) = (book.bids.map(\.level), book.asks.map(\.level))
        let checksum = checksum(book.checksum, instrument)
        let time = book.timestamp?.moment ?? receivedAt
        return isSnapshot
            ? .depthSnapshot(
                DepthSnapshot(
                    instrument: instrument, bids: bids, asks: asks, checksum: checksum, eventTime: time,
                    receiveTime: receivedAt))
            : .depthUpdate(
                DepthUpdate(
                    instrument: instrument, bids: bids, asks: asks, checksum: checksum, eventTime: time,
                    receiveTime: receivedAt))
    }

    private func read(_ candle: KrakenCandleMessage) throws(VenueMessageError) -> VenueEvent {
        guard let timeframe = Timeframe.allCases.first(where: { $0.minutes == candle.interval }) else {
            throw .unclaimed("ohlc-\(candle.interval)")
        }
        let row = CandleRow(
            instrument: try symbols.instrument(candle.symbol).name, timeframe: timeframe,
            openMilliseconds: candle.interval_begin.moment.milliseconds, open: candle.open, high: candle.high,
            low: candle.low, close: candle.close, volume: candle.volume, source: .exchange)
        return .candle(VenueCandle(row: row, isClosed: false))
    }

    private func event(_ reply: KrakenReply) -> VenueEvent {
        let symbol = reply.result?.symbol ?? reply.symbol
        guard reply.success else {
            return .subscriptionRefused(
                SubscriptionRefusal(
                    request: reply.req_id, message: reply.error ?? "", symbol: symbol,
                    instrument: symbol.flatMap { try? symbols.instrument($0) }))
        }
        let answer = SubscriptionReply(
            request: reply.req_id, channel: reply.result?.channel, symbols: symbol.map { [$0] } ?? [])
        return reply.method == "subscribe" ? .subscribed(answer) : .unsubscribed(answer)
    }
}
