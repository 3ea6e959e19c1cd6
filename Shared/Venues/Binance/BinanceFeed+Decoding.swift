internal import Market
public import Schema

extension BinanceFeed {
    public func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
        switch try decodeMessage(BinanceMessage.self, from: message) {
        case .trade(let trade): try read(trade, receivedAt)
        case .aggregateTrade(let trade): try read(trade, receivedAt)
        case .quote(let quote): try read(quote, receivedAt)
        case .depth(let update): try read(update, receivedAt)
        case .kline(let kline): try read(kline)
        case .markPrice(let price): try read(price, receivedAt)
        case .liquidation(let liquidation): try read(liquidation, receivedAt)
        case .accepted(let request):
            VenueMessage(events: [
                Self.isSubscription(request: request)
                    ? .subscribed(SubscriptionReply(request: request))
                    : .unsubscribed(SubscriptionReply(request: request))
            ])
        case .refused(let refusal): VenueMessage(events: [.subscriptionRefused(refusal)])
        case .unclaimed(let type): throw .unclaimed(type)
        }
    }

    private func read(
        _ message: BinanceTradeMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let instrument = try symbols.instrument(message.s)
        // The futures stream tells what the insurance fund and deleveraging took over too; nobody traded that.
        guard message.X ?? "MARKET" == "MARKET" else { return VenueMessage(time: message.E.moment, events: []) }
        let trade = try valid { () throws(SchemaError) in
            try Trade(
                instrument: instrument, id: "\(message.t)", price: message.p.value, quantity: message.q.value,
                aggressor: message.m ? .seller : .buyer, eventTime: message.T.moment, receiveTime: receivedAt)
        }
        return VenueMessage(time: message.E.moment, events: [.trade(trade, sequence: message.t)])
    }

    private func read(
        _ message: BinanceAggregateTradeMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let instrument = try symbols.instrument(message.s)
        let trade = try valid { () throws(SchemaError) in
            try Trade(
                instrument: instrument, id: BinanceAggregateTradeRow.identifier(message.a), price: message.p.value,
                quantity: message.q.value, aggressor: message.m ? .seller : .buyer, eventTime: message.T.moment,
                receiveTime: receivedAt)
        }
        return VenueMessage(time: message.E.moment, events: [.trade(trade, sequence: message.a)])
    }

    private func read(
        _ message: BinanceQuoteMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let time = message.E?.moment
        let event = try bestQuote(
            symbols.instrument(message.s), bid: (message.b.value, message.B.value),
            ask: (message.a.value, message.A.value),
            sequence: message.u, eventTime: message.T?.moment ?? time ?? receivedAt, receivedAt: receivedAt)
        return VenueMessage(time: time, events: event.map { [$0] } ?? [])
    }

    private func read(
        _ message: BinanceDepthMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let update = DepthUpdate(
            instrument: try symbols.instrument(message.s), bids: message.b.map(\.level), asks: message.a.map(\.level),
            firstSequence: message.U, lastSequence: message.u, previousSequence: message.pu,
            eventTime: (message.T ?? message.E).moment, receiveTime: receivedAt)
        return VenueMessage(time: message.E.moment, events: [.depthUpdate(update)])
    }

    private func read(_ message: BinanceKlineMessage) throws(VenueMessageError) -> VenueMessage {
        guard let timeframe = Timeframe(rawValue: message.k.i) else { throw .unclaimed("kline_\(message.k.i)") }
        let row = CandleRow(
            instrument: try symbols.instrument(message.s).name, timeframe: timeframe,
            openMilliseconds: message.k.t.moment.milliseconds, open: message.k.o.value, high: message.k.h.value,
            low: message.k.l.value, close: message.k.c.value, volume: message.k.v.value, source: .exchange)
        return VenueMessage(
            time: message.E.moment, events: [.candle(VenueCandle(row: row, isClosed: message.k.x))])
    }

    private func read(
        _ message: BinanceMarkPriceMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let instrument = try symbols.instrument(message.s)
        guard !message.r.isEmpty else { return VenueMessage(time: message.E.moment, events: []) }
        guard let rate = publishedDecimal(message.r) else { throw .malformed(".r: no decimal number") }
        let forecast = FundingForecast(
            instrument: instrument, rate: rate, settlementTime: message.T.moment, eventTime: message.E.moment,
            receiveTime: receivedAt)
        return VenueMessage(time: message.E.moment, events: [.fundingForecast(forecast)])
    }

    private func read(
        _ message: BinanceLiquidationMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let order = message.o
        let series: SideValue.Series
        switch order.S {
        // A long position is closed by selling.
        case "SELL": series = .longLiquidation
        case "BUY": series = .shortLiquidation
        default: throw .malformed(".o.S: neither BUY nor SELL")
        }
        let instrument = try symbols.instrument(order.s)
        let value = try valid { () throws(SchemaError) in
            try SideValue(
                series: series, instrument: instrument, value: order.ap.value * order.z.value, time: order.T.moment,
                knownAt: max(order.T.moment, receivedAt))
        }
        return VenueMessage(time: message.E.moment, events: [.sideValue(value)])
    }
}
