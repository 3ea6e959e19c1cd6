internal import Schema

/// Subscriptions that the venue refuses.
extension MarketDataSession {
    /// Leaves the connection, unless it is said whose subscription was refused: the other instruments can go on then.
    mutating func refused(_ refusal: SubscriptionRefusal) {
        statistics.refusals += 1
        guard let instrument = refusal.instrument else {
            emit(.refused(refusal))
            return giveUp()
        }
        if toldRefused.insert(instrument).inserted { emit(.refused(refusal)) }
        // One that comes later answers a renewal, which is repeated anyway.
        guard case .subscribing = phase else { return }
        // Which of its streams is meant is not always said; those that are not meant show it by what they bring.
        for stream in streams where stream.instrument == instrument {
            refusedStreams.insert(stream)
            announceGap(stream)
        }
        acknowledged()
    }

    /// Asks for a stream that was refused: what is in maintenance now may not be for ever.
    mutating func askAgain(_ stream: MarketDataStream) {
        askAgainLater(stream)
        guard case .live = phase, let frames = try? feed.renewal(of: stream.channel, stream.instrument) else { return }
        actions.append(.send(frames))
    }

    mutating func askAgainLater(_ stream: MarketDataStream) {
        guard alarms[.retry(stream)] == nil else { return }
        alarms[.retry(stream)] = now.elapsed + Self.refusalInterval
    }
}
