internal import Bus
internal import Market
internal import Schema
internal import Synchronization
internal import Venues

/// What the followers of venues hand to the feed's thread; bounded by those who ask ``hasRoom`` first.
final class LiveQueue: Sendable {
    /// Where the stored feed ends.
    struct Beginning: Sendable {
        let behind: UnixNanos?
        /// The newest trade of each instrument in it.
        let trades: [Instrument: NumberedTrade]
        /// The time of the newest value of each side series in it.
        let sides: [SideSeries: UnixNanos]
    }

    private struct State {
        var collector: StepCollector
        var beginning: Beginning?
        /// Venues that have not answered yet, and what they failed with.
        var unreached: [Venue: String]
        /// The newest trade of each instrument that has come, whether its moment is over or not.
        var trades: [Instrument: NumberedTrade] = [:]
        /// Where each instrument's newest candle that has come ends, or else where its candles begin.
        var ends: [Instrument: UnixNanos] = [:]
        var isClosed = false
    }

    private let state: Mutex<State>
    private static let capacity = 200_000

    init(_ collector: StepCollector, venues: Set<Venue>) {
        state = Mutex(
            State(
                collector: collector, unreached: Dictionary(uniqueKeysWithValues: venues.map { ($0, "no answer yet") }))
        )
    }

    // MARK: The feed's thread

    /// Says how far the stored feed is, and lets the followers begin.
    func start(_ beginning: Beginning) { state.withLock { ($0.beginning, $0.trades) = (beginning, beginning.trades) } }

    /// The earliest step that is over.
    func next(at now: UnixNanos) -> FeedStep? { state.withLock { $0.collector.next(at: now) } }

    /// The venues that have never answered, and why; `nil` when all have.
    var unreached: String? {
        state.withLock { state in
            guard !state.unreached.isEmpty else { return nil }
            return state.unreached.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key.rawValue): \($0.value)" }.joined(separator: "; ")
        }
    }

    /// Ends the followers: another source has taken their place.
    func close() { state.withLock { $0.isClosed = true } }

    // MARK: Followers

    /// Where to begin; `nil` while the feed's thread has not said so.
    var beginning: Beginning? { state.withLock { $0.beginning } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    var hasRoom: Bool { state.withLock { $0.collector.count < Self.capacity } }
    /// The newest trade of each instrument that has come.
    var trades: [Instrument: NumberedTrade] { state.withLock { $0.trades } }

    /// Up to which time an instrument's candles are there.
    func frontier(of instrument: Instrument) -> UnixNanos { state.withLock { $0.collector.frontier(of: instrument) } }

    /// Takes note that a venue answers.
    func reached(_ venue: Venue) { state.withLock { _ = $0.unreached.removeValue(forKey: venue) } }

    /// Takes note of why a venue that never answered did not.
    func failed(_ venue: Venue, _ reason: String) {
        state.withLock { if $0.unreached[venue] != nil { $0.unreached[venue] = reason } }
    }

    /// Says where an instrument's candles begin.
    func begin(_ instrument: Instrument, at start: UnixNanos) {
        state.withLock { state in
            state.ends[instrument] = start
            state.collector.settle(instrument, upTo: start)
        }
    }

    /// Takes a closed candle, unless it, or a later one, has come already: the stream and REST may both give it.
    ///
    /// One that was not waited for any more is taken too, for the feed to call it late.
    ///
    /// - Parameters:
    ///   - row: of the instrument.
    ///   - instrument: whose it is.
    ///   - mayLeap: Whether candles may be missing before it, as REST says; a stream may have lost them.
    ///   - now: by our clock.
    /// - Returns: Whether it was taken.
    @discardableResult
    func accept(_ row: CandleRow, of instrument: Instrument, mayLeap: Bool, at now: UnixNanos) -> Bool {
        state.withLock { state in
            guard let openTime = row.openTime, openTime >= state.ends[instrument] ?? openTime,
                mayLeap || openTime <= state.collector.frontier(of: instrument)
            else { return false }
            state.ends[instrument] = openTime.advanced(by: row.timeframe.nanoseconds)
            state.collector.accept(row, at: now)
            return true
        }
    }

    func accept(_ trade: NumberedTrade) {
        state.withLock { state in
            state.trades[trade.trade.instrument] = trade
            state.collector.accept(trade)
        }
    }

    /// Begins anew with an instrument's trades: those that came since are lost.
    func forgetTrade(of instrument: Instrument) { state.withLock { _ = $0.trades.removeValue(forKey: instrument) } }

    /// Tells the collector something.
    func tell(_ body: @Sendable (inout StepCollector) -> Void) { state.withLock { body(&$0.collector) } }
}

/// A side series of one instrument.
struct SideSeries: Hashable, Codable, Sendable {
    let instrument: Instrument
    let series: SideValue.Series
}
