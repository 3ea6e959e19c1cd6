/// What a session has seen and done so far.
public struct MarketDataStatistics: Sendable, Equatable {
    /// Messages that came, and their bytes.
    public internal(set) var messages = 0
    public internal(set) var bytes = 0
    /// Messages of a type that we do not claim, or about an instrument that was not asked for.
    public internal(set) var unclaimed = 0
    /// Messages that could not be read, so that something may have been lost with them.
    public internal(set) var malformed = 0
    /// Connections that stood, and attempts that came to nothing.
    public internal(set) var connections = 0
    public internal(set) var failedConnections = 0
    /// Subscriptions that the venue refused.
    public internal(set) var refusals = 0
    /// Gaps announced, and how many of them ended complete or with a loss.
    public internal(set) var gaps = 0
    public internal(set) var recoveries = 0
    public internal(set) var losses = 0
    /// Trades and candles fetched by REST to fill gaps.
    public internal(set) var backfilled = 0
    /// Trades and candles that came again and were dropped.
    public internal(set) var duplicates = 0
    /// Requests by REST that failed.
    public internal(set) var failedRequests = 0
    /// From the end of the last connection to the beginning of the one that serves now, and the longest such time.
    public internal(set) var lastReconnect: Duration?
    public internal(set) var longestReconnect: Duration?
    /// How far the venue's clock is ahead of ours.
    public internal(set) var skew: ClockSkew.Estimate?

    public init() {}

    /// Connections beyond the first.
    public var reconnects: Int { max(0, connections - 1) }
}
