internal import Market
internal import Schema

// The messages of version 1.
extension KrakenFeed {
    func read(_ message: KrakenOldMessage, _ receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
        switch message {
        case .trades(let rows, let pair):
            let instrument = try oldSymbols.instrument(pair)
            var events: [VenueEvent] = []
            for row in rows {
                let trade = try valid { () throws(SchemaError) in try row.trade(instrument, receivedAt: receivedAt) }
                events.append(.trade(trade.trade, sequence: trade.sequence))
            }
            return VenueMessage(events: events)
        case .ticker(let ticker, let pair):
            let quote = Quote(
                instrument: try oldSymbols.instrument(pair), bid: ticker.b.level, ask: ticker.a.level,
                eventTime: receivedAt, receiveTime: receivedAt)
            return VenueMessage(events: [.quote(quote, sequence: nil)])
        case .book(let parts, let pair): return try read(parts, pair: pair, receivedAt)
        case .heartbeat: return VenueMessage(events: [.heartbeat(nil)])
        case .status(let word): return VenueMessage(events: [.status(try status(word))])
        case .subscription(let reply): return VenueMessage(events: [try event(reply)])
        case .unclaimed(let type): throw .unclaimed(type)
        }
    }

    private func read(
        _ parts: [KrakenOldBook], pair: String, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let instrument = try oldSymbols.instrument(pair)
        if let book = parts.first, let bids = book.bs, let asks = book.as {
            let snapshot = DepthSnapshot(
                instrument: instrument, bids: bids.map(\.published.level), asks: asks.map(\.published.level),
                eventTime: (bids + asks).map(\.time.moment).max() ?? receivedAt, receiveTime: receivedAt)
            return VenueMessage(events: [.depthSnapshot(snapshot)])
        }
        let (bids, asks) = (parts.flatMap { $0.b ?? [] }, parts.flatMap { $0.a ?? [] })
        let levels = bids + asks
        guard let published = levels.first?.published else { throw .malformed("[1]: neither as and bs, nor a or b") }
        var checksum: DepthChecksum?
        if let text = parts.compactMap(\.c).last {
            guard let value = UInt32(text) else { throw .malformed("c: \"\(text.prefix(16))\" is no checksum") }
            // Version 1 writes all the digits that it computes with.
            checksum = DepthChecksum(
                value: value, pricePlaces: published.pricePlaces, quantityPlaces: published.quantityPlaces)
        }
        let time = levels.map(\.time.moment).max()
        let update = DepthUpdate(
            instrument: instrument, bids: bids.map(\.published.level), asks: asks.map(\.published.level),
            checksum: checksum, eventTime: time ?? receivedAt, receiveTime: receivedAt)
        return VenueMessage(time: time, events: [.depthUpdate(update)])
    }

    private func event(_ reply: KrakenOldSubscription) throws(VenueMessageError) -> VenueEvent {
        let answer = SubscriptionReply(
            request: reply.reqid, channel: reply.channelName, symbols: reply.pair.map { [$0] } ?? [])
        switch reply.status {
        case "subscribed": return .subscribed(answer)
        case "unsubscribed": return .unsubscribed(answer)
        case "error":
            return .subscriptionRefused(
                SubscriptionRefusal(
                    request: reply.reqid, message: reply.errorMessage ?? "", symbol: reply.pair,
                    instrument: reply.pair.flatMap { try? oldSymbols.instrument($0) }))
        default: throw .malformed(".status: \"\(reply.status.prefix(32))\"")
        }
    }
}
