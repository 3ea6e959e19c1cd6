internal import Schema

/// What the risk gate remembers.
struct RiskBook: Codable, Sendable, Equatable {
    /// A champion's prediction that waits for its watermark, with numbers that are all finite.
    struct Wish: Codable, Sendable, Equatable {
        let model: Name
        let instrument: Instrument
        let openTime: UnixNanos
        let asOf: UnixNanos
        let signal: Double
        let confidence: Double
        let price: Double
        let volatility: Double
        let isUsable: Bool
        let trace: FeedPosition
    }

    /// An order that is not known to be done.
    struct Pending: Codable, Sendable, Equatable {
        let clientID: String
        /// Of the whole order, signed; in base currency.
        let quantity: Decimal12
        var filled: Decimal12
        var remaining: Decimal12 { quantity - filled }
    }

    /// One instrument.
    struct Slot: Codable, Sendable, Equatable {
        let instrument: Instrument
        /// By the last account, in base currency.
        var quantity = Decimal12.zero
        /// The last price heard of, in quote currency.
        var price = Decimal12.zero
        var pending: Pending?

        /// The largest value, without sign, that the position may come to, in quote currency.
        var exposure: Decimal12 {
            var most = quantity.magnitude
            if let pending { most = max(most, (quantity + pending.remaining).magnitude) }
            return most.isZero ? .zero : most.multiplied(by: price)
        }
    }

    /// Set by controls.
    var tradingState = TradingState.active
    /// Set by the drawdown limit, until a control sets ``TradingState/active``.
    var isLatched = false
    var wishes: [Wish] = []
    /// In order of appearance, which the feed decides.
    var slots: [Slot] = []
    /// The last account's.
    var equity = Decimal12.zero
    var equityTime: UnixNanos?
    var peak = Decimal12.zero
    var dayStart = Decimal12.zero
    /// Counts days since 1970, UTC.
    var day: Int64?
    /// Of the orders within the last hour, oldest first.
    var orderTimes: [UnixNanos] = []

    /// The state that counts: the operator's, or reducing while the drawdown limit is latched.
    var effectiveState: TradingState { isLatched && tradingState == .active ? .reducing : tradingState }

    /// The index of an instrument's slot, which is made when there is none.
    @inline(__always)
    mutating func slot(of instrument: Instrument) -> Int {
        for index in slots.indices where slots[index].instrument == instrument { return index }
        slots.append(Slot(instrument: instrument))
        return slots.endIndex - 1
    }

    mutating func take(_ account: Account) {
        equity = account.equity
        equityTime = account.time
        for position in account.positions {
            let index = slot(of: position.instrument)
            slots[index].quantity = position.quantity
            slots[index].price = position.markPrice
        }
        let today = account.time.rawValue / 86_400_000_000_000
        if day != today { (day, dayStart) = (today, equity) }
        if equity > peak { peak = equity }
    }

    mutating func take(_ event: OrderEvent) {
        let index = slot(of: event.instrument)
        guard let pending = slots[index].pending, pending.clientID == event.clientID else { return }
        switch event.state {
        case .accepted: break
        case .partiallyFilled:
            slots[index].pending?.filled = pending.quantity.isNegative ? -event.filledQuantity : event.filledQuantity
        case .rejected, .filled, .cancelled, .expired: slots[index].pending = nil
        }
    }

    mutating func take(_ control: Control) {
        guard case .tradingStateChanged(let state, _) = control.change else { return }
        tradingState = state
        // An operator who resumes accepts the loss so far; without this the limit would latch again at once.
        if state == .active { (isLatched, peak) = (false, equity) }
    }

    /// How many orders went out in the hour up to a moment.
    mutating func ordersInHour(before time: UnixNanos) -> Int {
        let start = time.rawValue - 3_600_000_000_000
        while let first = orderTimes.first, first.rawValue <= start { orderTimes.removeFirst() }
        return orderTimes.count
    }
}
