public import Schema

/// Collects what live sources deliver, and decides when a moment is over: what comes later for it is late.
///
/// A moment is over when every instrument's candle of it is there, or a later one, or the source has said that it has given
/// all up to it (``settle(_:upTo:)``). Who is late is waited for, longer where the source is known to be fetching what it
/// lost (``hold(_:for:)``). While trades are being fetched, every moment before the newest one is over, since they come in
/// their order. A moment at which no candle closes is none.
///
/// Pure: the times at which something came are arguments, so that the same calls always give the same steps.
public struct StepCollector: Sendable {
    /// How long a moment is waited for, in nanoseconds.
    public struct Patience: Sendable, Equatable {
        /// From the first candle of the moment on, for the candles of the others.
        public let late: Int64
        /// From then on, for an instrument whose source is fetching what it lost.
        public let outage: Int64
        /// From the moment on, for trades and the like, which come by other streams than the candles.
        public let events: Int64

        public init(late: Int64, outage: Int64, events: Int64) {
            (self.late, self.outage, self.events) = (late, outage, events)
        }
    }

    /// What a source may have lost of an instrument and be fetching.
    public enum Loss: Sendable, Hashable {
        case candles, trades
    }

    /// What has come for a moment that is not over.
    private struct Pending {
        let firstArrival: UnixNanos
        var rows: [CandleRow] = []
    }

    private let instruments: [Instrument]
    private let patience: Patience
    /// Up to which time the candles of each instrument are there.
    private var frontiers: [String: UnixNanos] = [:]
    private var holds: [Loss: Set<Instrument>] = [:]
    /// From when on the newest trade of each instrument is visible.
    private var newestTrades: [Instrument: UnixNanos] = [:]
    private var pending: [UnixNanos: Pending] = [:]
    /// Those of ``pending``, the latest first.
    private var moments: [UnixNanos] = []
    /// Rows of them.
    private var rowCount = 0
    /// Rows of moments that are over, for the feed to judge.
    private var strays: [CandleRow] = []
    private var events: [MarketEvent] = []
    private var trades: [NumberedTrade] = []
    private var anomalies: [Anomaly] = []
    private var closed = UnixNanos(.min)

    /// Creates a collector that waits for these instruments.
    public init(instruments: [Instrument], patience: Patience) {
        (self.instruments, self.patience) = (instruments.sorted(), patience)
    }

    /// How much waits for its moment to be over.
    public var count: Int { rowCount + events.count + trades.count }

    /// Up to which time an instrument's candles are there; the beginning of time before the first.
    public func frontier(of instrument: Instrument) -> UnixNanos { frontiers[instrument.name] ?? UnixNanos(.min) }

    /// Takes a closed candle that came at `now`, by our clock.
    public mutating func accept(_ row: CandleRow, at now: UnixNanos) {
        guard let closeTime = row.openTime?.advanced(by: row.timeframe.nanoseconds), closeTime > closed else {
            return strays.append(row)
        }
        frontiers[row.instrument] = max(frontiers[row.instrument] ?? closeTime, closeTime)
        if pending[closeTime] == nil {
            pending[closeTime] = Pending(firstArrival: now)
            moments.insert(closeTime, at: moments.firstIndex { $0 < closeTime } ?? moments.endIndex)
        }
        pending[closeTime]?.rows.append(row)
        rowCount += 1
    }

    /// Takes something that happened between candles.
    public mutating func accept(_ event: MarketEvent) { events.append(event) }

    /// Takes a trade, behind which the source can go on; those of an instrument come in their order.
    public mutating func accept(_ trade: NumberedTrade) {
        trades.append(trade)
        newestTrades[trade.trade.instrument] = MarketEvent.trade(trade.trade).visibleFrom
    }

    /// Takes what the source found wrong.
    public mutating func report(_ anomaly: Anomaly) { anomalies.append(anomaly) }

    /// Takes note that every candle of an instrument that closed by `time` and exists has been given.
    public mutating func settle(_ instrument: Instrument, upTo time: UnixNanos) {
        frontiers[instrument.name] = max(frontiers[instrument.name] ?? time, time)
    }

    /// Takes note that a source may have lost something of an instrument and is fetching it.
    public mutating func hold(_ instrument: Instrument, for loss: Loss) { holds[loss, default: []].insert(instrument) }

    /// Takes note that what was lost is there, or never will be.
    public mutating func release(_ instrument: Instrument, from loss: Loss) { holds[loss]?.remove(instrument) }

    /// The earliest moment that is over at `now`, by our clock; `nil` when there is none yet.
    public mutating func next(at now: UnixNanos) -> FeedStep? {
        guard let moment = moments.last, let pending = pending[moment], isOver(moment, pending.firstArrival, now) else {
            return nil
        }
        moments.removeLast()
        self.pending[moment] = nil
        rowCount -= pending.rows.count
        closed = moment
        var step = FeedStep(closeTime: moment, rows: strays + pending.rows, anomalies: anomalies)
        strays.removeAll()
        anomalies.removeAll()
        takeEvents(into: &step)
        return step
    }

    private func isOver(_ moment: UnixNanos, _ firstArrival: UnixNanos, _ now: UnixNanos) -> Bool {
        guard now.rawValue - moment.rawValue >= patience.events else { return false }
        let waited = now.rawValue - firstArrival.rawValue
        func isHeld(_ instrument: Instrument, for loss: Loss) -> Bool { holds[loss]?.contains(instrument) ?? false }
        return instruments.allSatisfy { instrument in
            let hasTrades =
                !isHeld(instrument, for: .trades) || newestTrades[instrument].map { $0 > moment } ?? false
                || waited >= patience.outage
            let candlePatience = isHeld(instrument, for: .candles) ? patience.outage : patience.late
            return hasTrades && (frontier(of: instrument) >= moment || waited >= candlePatience)
        }
    }

    private mutating func takeEvents(into step: inout FeedStep) {
        let moment = step.closeTime
        func isDue(_ event: MarketEvent) -> Bool { event.visibleFrom <= moment }
        var newest: [Instrument: NumberedTrade] = [:]
        for trade in trades where isDue(.trade(trade.trade)) {
            step.events.append(.trade(trade.trade))
            newest[trade.trade.instrument] = trade
        }
        trades.removeAll { isDue(.trade($0.trade)) }
        step.events += events.filter(isDue)
        events.removeAll(where: isDue)
        step.newestTrades = instruments.compactMap { newest[$0] }
    }
}
