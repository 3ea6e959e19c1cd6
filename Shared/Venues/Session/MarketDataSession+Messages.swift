internal import Market
internal import Schema

/// What the venue sends.
extension MarketDataSession {
    mutating func receive(_ bytes: [UInt8], _ receivedAt: UnixNanos) {
        guard phase != .closing, phase != .resting else { return }
        statistics.messages += 1
        statistics.bytes += bytes.count
        alarms[.silence] = now.elapsed + feed.connectionRules.maximumSilence
        let message: VenueMessage
        do throws(VenueMessageError) {
            message = try feed.decode(bytes, receivedAt: receivedAt)
        } catch {
            switch error {
            case .unclaimed, .unknownSymbol: statistics.unclaimed += 1
            case .malformed:
                // It may have said anything, so every stream may have lost something.
                statistics.malformed += 1
                loseWithinConnection()
            }
            return
        }
        guard isNext(message) else { return }
        if let time = message.time {
            skew.observe(event: time, received: receivedAt)
            statistics.skew = skew.estimate
        }
        if phase == .subscribing(remaining: 0) { becomeLive() }
        for event in message.events { take(event) }
    }

    /// Whether a message is one that we have not had; before it, whether one is missing.
    private mutating func isNext(_ message: VenueMessage) -> Bool {
        guard let number = message.connectionSequence else { return true }
        defer { lastMessageNumber = max(number, lastMessageNumber ?? 0) }
        guard let last = lastMessageNumber else { return true }
        guard number > last else {
            statistics.duplicates += 1
            return false
        }
        if number > last + 1 { loseWithinConnection() }
        return true
    }

    private mutating func take(_ event: VenueEvent) {
        switch event {
        case .trade(let trade, let sequence): take(NumberedTrade(trade: trade, sequence: sequence))
        case .quote(let quote, let sequence): take(quote, sequence)
        case .depthSnapshot(let snapshot):
            _ = follow(snapshot.instrument, snapshot.eventTime, snapshot.receiveTime) { $0.take(snapshot) }
        case .depthUpdate(let update):
            let (instrument, times) = (update.instrument, (update.eventTime, update.receiveTime))
            if follow(instrument, times.0, times.1, { $0.take(update) }) == .gap {
                recover(MarketDataStream(instrument, .depth))
            }
        case .candle(let candle): take(candle)
        case .sideValue(let value):
            let channel: VenueChannel =
                switch value.series {
                case .fundingRate: .fundingRates
                case .openInterest: .openInterest
                default: .liquidations
                }
            passOn(.sideValue(value), MarketDataStream(value.instrument, channel), value.time)
        case .fundingForecast(let forecast):
            let stream = MarketDataStream(forecast.instrument, .fundingRates)
            passOn(.fundingForecast(forecast), stream, forecast.eventTime)
        case .subscribed: acknowledged()
        case .subscriptionRefused(let refusal): refused(refusal)
        case .status(let status): emit(.status(status))
        case .unsubscribed, .heartbeat: break
        }
    }

    private mutating func take(_ trade: NumberedTrade) {
        let stream = MarketDataStream(trade.trade.instrument, .trades)
        guard var follower = trades[stream.instrument] else { return }
        let arrival = follower.receive(trade)
        if refusedStreams.remove(stream) != nil { alarms[.retry(stream)] = nil }
        trades[stream.instrument] = follower
        switch arrival {
        case .trade(let trade):
            emit(.trade(trade))
            standings[stream]?.lastTime = trade.trade.eventTime
            // Before the first trade nothing can be missing that we knew of.
            if standings[stream]?.isGap == true { recovered(stream) }
        case .repeated: statistics.duplicates += 1
        case .held:
            guard !follower.isFull else { return release(stream, force: true) }
            if case .live = phase { recover(stream) }
        case .hole:
            announceGap(stream)
            recover(stream)
        }
    }

    private mutating func take(_ quote: Quote, _ sequence: UInt64?) {
        if let sequence {
            guard sequence > lastQuotes[quote.instrument] ?? 0 else { return statistics.duplicates += 1 }
            lastQuotes[quote.instrument] = sequence
        }
        passOn(.quote(quote), MarketDataStream(quote.instrument, .quotes), quote.eventTime)
    }

    /// Passes on what has no history: the next one ends a gap, and what came in it is lost.
    private mutating func passOn(_ event: MarketDataEvent, _ stream: MarketDataStream, _ time: UnixNanos) {
        guard let standing = standings[stream] else { return }
        if standing.isGap {
            standings[stream]?.isComplete = standing.lastTime == nil
            recovered(stream)
        }
        standings[stream]?.lastTime = time
        emit(event)
    }

    private mutating func take(_ candle: VenueCandle) {
        guard let instrument = try? Instrument(parsing: candle.row.instrument) else { return }
        let stream = MarketDataStream(instrument, .candles(candle.row.timeframe))
        guard var follower = candles[stream] else { return }
        let arrival = follower.receive(candle)
        candles[stream] = follower
        switch arrival {
        case .candle(let row): pass(row, stream)
        case .repeated: statistics.duplicates += 1
        case .missing(let range, let isHole):
            if isHole { announceGap(stream) }
            ask(stream, .candles(instrument, candle.row.timeframe, range))
            return
        case .open, .held: break
        }
        if standings[stream]?.isGap == true, !follower.isFetching { recovered(stream) }
    }

    mutating func pass(_ row: CandleRow, _ stream: MarketDataStream) {
        emit(.candle(row))
        standings[stream]?.lastTime = row.openTime?.advanced(by: row.timeframe.nanoseconds)
    }
}
