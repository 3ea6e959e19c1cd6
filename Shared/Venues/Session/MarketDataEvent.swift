public import Market
public import Schema

/// One kind of market data of one instrument: what has its own order, its own holes and its own recovery.
public struct MarketDataStream: Sendable, Hashable {
    public let instrument: Instrument
    public let channel: VenueChannel

    public init(_ instrument: Instrument, _ channel: VenueChannel) {
        (self.instrument, self.channel) = (instrument, channel)
    }
}

/// What a session tells its consumer, in order per stream.
///
/// Between a ``gap(_:from:to:)`` and its ``recovered(_:backfilled:isComplete:)`` a stream is not current. Trades and closed
/// candles come exactly once each, in the venue's order, those from before a gap's end included.
public enum MarketDataEvent: Sendable, Equatable {
    /// With its number, where the venue counts them.
    case trade(NumberedTrade)
    /// The best bid and ask; those of a gap are lost, for only the last one matters.
    case quote(Quote)
    /// The best levels, whenever they have changed.
    case book(Book)
    /// A candle that will not change any more.
    case candle(CandleRow)
    /// A row from the venue that is no candle, because its values contradict each other.
    case anomaly(Anomaly)
    case sideValue(SideValue)
    case fundingForecast(FundingForecast)
    case status(VenueStatus)
    /// Something may have been lost after `from`, the time of the last event known (`nil` if there was none), which was
    /// noticed at `to`, by our clock.
    case gap(MarketDataStream, from: UnixNanos?, to: UnixNanos)
    /// The stream is current again.
    ///
    /// `backfilled` events were fetched; when not `isComplete`, some are lost for good: the venue does not give them any more,
    /// or, as for quotes, never does.
    case recovered(MarketDataStream, backfilled: Int, isComplete: Bool)
    /// The venue will not send what was asked for; the session tries again after a pause.
    ///
    /// One that names its instrument is told once a connection, whose other instruments go on; a gap in every stream of the
    /// instrument goes with it, which ends when something comes after all.
    case refused(SubscriptionRefusal)
}
