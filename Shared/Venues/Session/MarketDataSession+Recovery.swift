internal import HTTP
internal import Market
internal import Schema

/// Gaps: how they are announced, and how they are filled.
extension MarketDataSession {
    /// Something was lost on a connection that goes on.
    mutating func loseWithinConnection() {
        for stream in streams {
            lose(stream)
            if case .live = phase { recover(stream) }
        }
    }

    /// Takes note that a stream may have lost something.
    mutating func lose(_ stream: MarketDataStream) {
        announceGap(stream)
        // What was asked for before may lack what is lost now.
        standings[stream]?.request = nil
        standings[stream]?.attempts = 0
        standings[stream]?.misses = 0
        alarms[.retry(stream)] = nil
        switch stream.channel {
        case .trades: _ = trades[stream.instrument]?.lose()
        case .depth: books[stream.instrument]?.lose()
        case .candles: candles[stream]?.lose()
        case .quotes, .fundingRates, .openInterest, .liquidations: break
        }
    }

    mutating func announceGap(_ stream: MarketDataStream) {
        guard var standing = standings[stream], !standing.isGap else { return }
        standing.isGap = true
        (standing.backfilled, standing.isComplete) = (0, true)
        standings[stream] = standing
        statistics.gaps += 1
        emit(.gap(stream, from: standing.lastTime, to: now.time))
    }

    mutating func recovered(_ stream: MarketDataStream) {
        guard var standing = standings[stream] else { return }
        defer { standings[stream] = standing }
        (standing.attempts, standing.misses, standing.request) = (0, 0, nil)
        alarms[.retry(stream)] = nil
        refusedStreams.remove(stream)
        guard standing.isGap else { return }
        standing.isGap = false
        if standing.isComplete { statistics.recoveries += 1 } else { statistics.losses += 1 }
        emit(.recovered(stream, backfilled: standing.backfilled, isComplete: standing.isComplete))
    }

    /// Asks for what a stream lacks; one that shows by its next event what it lacks is left to do so.
    mutating func recover(_ stream: MarketDataStream) {
        guard !refusedStreams.contains(stream) else { return askAgainLater(stream) }
        switch stream.channel {
        case .trades:
            guard let follower = trades[stream.instrument], follower.isHolding, let last = follower.last else { return }
            ask(stream, .trades(after: last))
        case .depth:
            guard let book = books[stream.instrument], !book.isWhole else { return }
            switch feed.depthRules.snapshot {
            case .requested: ask(stream, .depth(stream.instrument))
            case .streamed: renew(stream)
            }
        case .candles(let timeframe):
            guard let missing = candles[stream]?.fetch() else { return }
            ask(stream, .candles(stream.instrument, timeframe, missing))
        case .quotes, .fundingRates, .openInterest, .liquidations: break
        }
    }

    /// Asks the venue to begin a stream anew; right after subscribing it does so by itself.
    private mutating func renew(_ stream: MarketDataStream) {
        guard case .live(let since) = phase else { return }
        defer { retryLater(stream) }
        guard since < now.elapsed, let frames = try? feed.renewal(of: stream.channel, stream.instrument) else { return }
        actions.append(.send(frames))
    }

    mutating func ask(_ stream: MarketDataStream, _ subject: MarketDataRequest.Subject) {
        guard standings[stream]?.request == nil, alarms[.retry(stream)] == nil else { return }
        let number = request(subject)
        standings[stream]?.request = number
    }

    @discardableResult
    mutating func request(_ subject: MarketDataRequest.Subject) -> UInt64 {
        lastRequest += 1
        actions.append(.request(MarketDataRequest(number: lastRequest, subject: subject)))
        return lastRequest
    }

    mutating func retryLater(_ stream: MarketDataStream) {
        let attempt = standings[stream]?.attempts ?? 0
        standings[stream]?.attempts = attempt + 1
        // Not at once: what was too early once is too early a moment later.
        alarms[.retry(stream)] =
            now.elapsed + policy.base / 2 + policy.delay(attempt: min(attempt, 20), using: &random)
    }

    /// Gives a book a snapshot or an update, and passes its best levels on when they have changed.
    mutating func follow(
        _ instrument: Instrument, _ eventTime: UnixNanos, _ receiveTime: UnixNanos,
        _ change: (inout BookSynchroniser) -> BookSynchroniser.Verdict
    ) -> BookSynchroniser.Verdict {
        let stream = MarketDataStream(instrument, .depth)
        guard var book = books[instrument] else { return .stale }
        let verdict = change(&book)
        books[instrument] = book
        switch verdict {
        case .applied:
            let best = book.book.best(Book.depth)
            if standings[stream]?.isGap == true { recovered(stream) }
            standings[stream]?.lastTime = eventTime
            if let last = lastBooks[instrument], last == best { break }
            lastBooks[instrument] = best
            emit(.book(book.book.book(eventTime: eventTime, receiveTime: receiveTime)))
        case .gap:
            announceGap(stream)
        case .stale, .kept: break
        }
        return verdict
    }
}
