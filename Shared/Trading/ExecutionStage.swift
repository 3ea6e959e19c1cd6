public import Pipeline
public import Schema

/// The executor on paper: fills the risk gate's orders and keeps the books.
///
/// Input 0 is the risk gate, one batch late, so an order decided at a watermark meets the bars of the next batch. Input 1
/// is the ingestor; only candles of the base timeframe trade and mark. Each order gives `.orderEvent`s and `.fill`s, with
/// the order's trace, and each watermark one `.account`. A control that halts trading cancels every open order at its
/// place in the feed.
public struct ExecutionStage: Stage {
    public struct Settings: Codable, Sendable, Hashable {
        /// What the account begins with, in quote currency.
        public var openingCash: Decimal12
        /// The timeframe whose candles trade and mark: the shortest that the feed carries for every instrument.
        public var timeframe: Timeframe
        public var venue: PaperVenueSettings
        public var rules: RuleBook

        public init(
            openingCash: Decimal12 = Decimal12(100_000), timeframe: Timeframe = .minute1,
            venue: PaperVenueSettings = PaperVenueSettings(), rules: RuleBook = .standard
        ) {
            self.openingCash = openingCash
            self.timeframe = timeframe
            self.venue = venue
            self.rules = rules
        }
    }

    public struct State: Codable, Sendable, Equatable {
        public internal(set) var ledger: Ledger
        var venue: PaperVenue.State
        /// The last watermark's.
        var time: UnixNanos
    }

    public let settings: Settings
    public private(set) var ledger: Ledger
    private var venue: PaperVenue
    private var time = UnixNanos(0)

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        ledger = Ledger(cash: settings.openingCash)
        venue = PaperVenue(settings: settings.venue, rules: settings.rules)
    }

    /// Orders at the venue that are not done.
    public var openOrderCount: Int { venue.openOrderCount }
    /// The books as of the last watermark.
    public var account: Account { ledger.account(at: time) }

    public var state: State { State(ledger: ledger, venue: venue.state, time: time) }

    /// Takes up a state.
    ///
    /// - Throws: ``TradingError`` when the books are out of balance or began with other cash than the settings'.
    public mutating func restore(_ state: State) throws {
        guard state.ledger.openingCash == settings.openingCash else {
            throw TradingError.settings("the ledger began with \(state.ledger.openingCash)")
        }
        try state.ledger.check()
        ledger = state.ledger
        venue.restore(state.venue)
        time = state.time
    }

    public mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        switch event.message {
        case .candle(let candle) where input == 1 && candle.timeframe == settings.timeframe:
            let position = venue.openOrderCount > 0 ? ledger.quantity(of: candle.instrument) : .zero
            let reports = venue.trade(candle, position: position)
            if !reports.isEmpty { book(reports, into: &outbox) }
            if let close = venue.lastClose(of: candle.instrument) { ledger.mark(candle.instrument, at: close) }
        case .order(let order) where input == 0:
            let position = ledger.quantity(of: order.instrument)
            book(venue.submit(order, trace: event.trace, position: position), into: &outbox)
        case .control(let control):
            guard case .tradingStateChanged(.halted, let reason) = control.change else { return }
            // The control has no time of its own; it came after the last watermark.
            book(venue.cancelAll(at: time, reason: "halted: \(reason)"), into: &outbox)
        default: break
        }
    }

    public mutating func close(_ watermark: Watermark, into outbox: inout Outbox) {
        time = watermark.time
        if venue.openOrderCount > 0 {
            book(venue.expire(at: watermark.time, timeframe: settings.timeframe), into: &outbox)
        }
        outbox.emit(.account(ledger.account(at: watermark.time)))
    }

    private mutating func book(_ reports: [PaperVenue.Report], into outbox: inout Outbox) {
        for report in reports {
            switch report.content {
            case .fill(let fill):
                ledger.apply(fill)
                outbox.emit(.fill(fill), trace: report.trace)
            case .event(let event): outbox.emit(.orderEvent(event), trace: report.trace)
            }
        }
    }
}
