public import Pipeline
public import Schema

/// What a source has for one moment.
public struct FeedStep: Sendable, Equatable {
    /// When the candles closed; it becomes the time of the batch.
    public let closeTime: UnixNanos
    /// In the order of the source; most often one of each instrument.
    public var rows: [CandleRow]
    /// What happened since the step before, in any order.
    public var events: [MarketEvent]
    /// Lines that could not be read, met on the way.
    public var malformed: [MalformedRow]
    /// What the source itself found wrong.
    public var anomalies: [Anomaly]
    /// The newest trade of each instrument among ``events``, behind which a live source goes on after a restart.
    public var newestTrades: [NumberedTrade]

    public init(
        closeTime: UnixNanos, rows: [CandleRow], events: [MarketEvent] = [], malformed: [MalformedRow] = [],
        anomalies: [Anomaly] = [], newestTrades: [NumberedTrade] = []
    ) {
        self.closeTime = closeTime
        self.rows = rows
        self.events = events
        self.malformed = malformed
        self.anomalies = anomalies
        self.newestTrades = newestTrades
    }
}

extension FeedBuilder {
    /// Takes all that a source has for a moment; what is wrong with it becomes an anomaly of the next batch.
    public mutating func accept(_ step: FeedStep) {
        accept(malformed: step.malformed)
        accept(step.anomalies)
        accept(step.rows)
        accept(step.events)
    }

    /// Takes a step and ends the batch at its moment, which must be later than that of the watermark before.
    public mutating func close(_ step: FeedStep) -> Batch {
        accept(step)
        return closeBatch(at: step.closeTime)
    }
}
