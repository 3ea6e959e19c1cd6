internal import HTTP
internal import Market
internal import Schema

/// What the venue's REST interface answers.
extension MarketDataSession {
    /// Takes the answer to a request, unless it is no longer waited for.
    mutating func take(_ answer: MarketDataAnswer, to request: MarketDataRequest) {
        if case .serverTime(let server, let requested, let answered) = answer {
            skew.observe(requested: requested, server: server, answered: answered)
            statistics.skew = skew.estimate
            return
        }
        if case .failed = answer { statistics.failedRequests += 1 }
        guard let stream = request.subject.stream, standings[stream]?.request == request.number else { return }
        standings[stream]?.request = nil
        switch answer {
        case .trades(let page): fill(stream, page)
        case .candles(let rows, let anomalies):
            fill(stream, rows, anomalies, request.subject, force: countMiss(stream))
        case .depth(let snapshot):
            let (instrument, times) = (stream.instrument, (snapshot.eventTime, snapshot.receiveTime))
            // Too old for the updates at hand: the next one will be newer.
            if follow(instrument, times.0, times.1, { $0.take(snapshot) }) == .gap { retryLater(stream) }
        case .failed(let error) where error.isFinal: abandon(stream, request.subject)
        case .failed, .serverTime: retryLater(stream)
        }
    }

    private mutating func fill(_ stream: MarketDataStream, _ page: [NumberedTrade]) {
        guard var filling = trades[stream.instrument]?.fill(page) else { return }
        standings[stream]?.backfilled += filling.trades.count
        statistics.backfilled += filling.trades.count
        if !filling.isComplete { standings[stream]?.isComplete = false }
        filling.isComplete = true
        pass(filling, stream)
        let isAwaited = trades[stream.instrument]?.hasHeld == true
        release(stream, force: isAwaited && countMiss(stream))
    }

    /// Counts one more answer, and says whether the archive has been asked often enough.
    private mutating func countMiss(_ stream: MarketDataStream) -> Bool {
        let misses = (standings[stream]?.misses ?? 0) + 1
        standings[stream]?.misses = misses
        return misses >= Self.archiveAttempts
    }

    /// Gives up what the venue says that it will never give.
    private mutating func abandon(_ stream: MarketDataStream, _ subject: MarketDataRequest.Subject) {
        standings[stream]?.isComplete = false
        switch subject {
        case .trades: release(stream, force: true)
        case .candles: fill(stream, [], [], subject, force: true)
        case .depth, .serverTime: retryLater(stream)
        }
    }

    /// Passes held trades on; when some are still missing before them, asks again a little later.
    mutating func release(_ stream: MarketDataStream, force: Bool) {
        guard let filling = trades[stream.instrument]?.release(force: force) else { return }
        pass(filling, stream)
        guard filling.isComplete || force else {
            // An archive without numbers can be seen to have caught up only once there is a live trade to look for in it.
            if trades[stream.instrument]?.hasHeld == true { retryLater(stream) }
            return
        }
        if !filling.isComplete { standings[stream]?.isComplete = false }
        recovered(stream)
    }

    private mutating func pass(_ filling: TradeFollower.Filling, _ stream: MarketDataStream) {
        statistics.duplicates += filling.repeated
        for trade in filling.trades { emit(.trade(trade)) }
        if let last = filling.trades.last { standings[stream]?.lastTime = last.trade.eventTime }
    }

    private mutating func fill(
        _ stream: MarketDataStream, _ rows: [CandleRow], _ anomalies: [Anomaly], _ subject: MarketDataRequest.Subject,
        force: Bool
    ) {
        guard case .candles(_, let timeframe, let range) = subject else { return }
        guard let filling = candles[stream]?.fill(rows, upTo: range.upperBound, force: force) else { return }
        let fetched = filling.candles.count { $0.openTime.map { range.contains($0) } ?? false }
        standings[stream]?.backfilled += fetched
        statistics.backfilled += fetched
        statistics.duplicates += filling.repeated
        for row in filling.candles { pass(row, stream) }
        if let missing = filling.missing, missing.lowerBound < range.upperBound { return retryLater(stream) }
        // Told once, by the answer that settles the range.
        for anomaly in anomalies { emit(.anomaly(anomaly)) }
        if let missing = filling.missing {
            standings[stream]?.attempts = 0
            standings[stream]?.misses = 0
            ask(stream, .candles(stream.instrument, timeframe, missing))
        } else {
            recovered(stream)
        }
    }
}

extension MarketDataRequest.Subject {
    /// The stream that the request serves; `nil` for the venue's time.
    fileprivate var stream: MarketDataStream? {
        switch self {
        case .trades(let last): MarketDataStream(last.trade.instrument, .trades)
        case .candles(let instrument, let timeframe, _): MarketDataStream(instrument, .candles(timeframe))
        case .depth(let instrument): MarketDataStream(instrument, .depth)
        case .serverTime: nil
        }
    }
}

extension VenueError {
    /// Whether the same request will never be answered otherwise.
    fileprivate var isFinal: Bool {
        switch self {
        case .unsupported: true
        case .refused(_, let refusal):
            switch refusal.reason {
            case .unknownInstrument, .invalidRequest, .authentication: true
            case .clock, .rateLimit, .unavailable, .order, .other: false
            }
        case .transport, .malformed: false
        }
    }
}
