public import Market
public import Schema

/// Something that a session asks of the venue's REST interface.
public struct MarketDataRequest: Sendable, Equatable {
    public enum Subject: Sendable, Equatable {
        case trades(after: NumberedTrade)
        /// Closed candles by their open times.
        case candles(Instrument, Timeframe, Range<UnixNanos>)
        case depth(Instrument)
        case serverTime
    }

    /// Tells answers to requests that are no longer waited for from the others.
    public let number: UInt64
    public let subject: Subject
}

/// What came of a ``MarketDataRequest``.
public enum MarketDataAnswer: Sendable, Equatable {
    /// All that the venue has, oldest first.
    case trades([NumberedTrade])
    case candles([CandleRow], [Anomaly])
    case depth(DepthSnapshot)
    /// What the venue's clock showed, between two moments of ours.
    case serverTime(UnixNanos, requested: UnixNanos, answered: UnixNanos)
    case failed(VenueError)
}
