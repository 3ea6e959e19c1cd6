public import Market
public import Schema

/// A venue's public market data by REST: what a feed needs to begin, and to fill a hole.
public protocol VenueMarketData: Sendable {
    /// The venue's name in ``Schema/Instrument/venue``.
    var venue: String { get }

    /// Downloads closed candles, oldest first.
    ///
    /// A candle that is still open at `asOf`, or by the venue's own clock when it answers, is left out; every closed one
    /// that the venue has in the range comes exactly once. Candles that the venue lacks are simply not there.
    ///
    /// `from` is the first open time wanted, `to` the first one not wanted, and `asOf` the time now, by our clock.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue, or a timeframe that the venue
    ///   lacks. The pages throw the others.
    func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos
    ) throws(VenueError) -> CandlePages

    /// Downloads the trades that came after `last`, oldest first, each exactly once, until the venue has no more.
    ///
    /// `asOf` is the time now, by our clock; it becomes the trades' receive time.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue. The pages throw the others.
    func trades(after last: NumberedTrade, asOf: UnixNanos) throws(VenueError) -> TradePages

    /// The most recent trades, oldest first; as many as the venue gives in one answer.
    func recentTrades(_ instrument: Instrument, receivedAt: UnixNanos) async throws(VenueError) -> [NumberedTrade]

    /// The order book now.
    ///
    /// `receivedAt` becomes the snapshot's receive time, and its event time where the venue does not say one.
    func depthSnapshot(_ instrument: Instrument, receivedAt: UnixNanos) async throws(VenueError) -> DepthSnapshot

    /// How the venue lists some instruments: its spelling, their state and their trading rules.
    ///
    /// An instrument that the venue does not list is not in the answer.
    func listings(of instruments: [Instrument]) async throws(VenueError) -> [InstrumentListing]

    /// The time by the venue's clock.
    func serverTime() async throws(VenueError) -> UnixNanos
}
