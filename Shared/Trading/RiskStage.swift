public import Pipeline
public import Schema

/// The risk gate: decides at each watermark what to order for each of the champion's predictions.
///
/// Input 0 is the executor, input 1 (the primary) the inference server. Nothing is decided before the watermark, and
/// then in instrument order, so no answer depends on which process was faster. It fails closed: without an account of
/// this very watermark, or with a prediction that is stale or broken, it holds. Every rule asked gives a verdict; a rule
/// that limits a size cuts the order to what it allows, and its verdict tells what was wanted.
public struct RiskStage: Stage {
    public struct State: Codable, Sendable, Equatable {
        var book = RiskBook()

        /// What may be traded: the operator's word, or reducing while the drawdown limit is latched.
        public var tradingState: TradingState { book.effectiveState }
        /// Whether the drawdown limit holds until an operator resumes.
        public var isLatched: Bool { book.isLatched }
        /// The loss since the peak of equity as a fraction of it, by the last account.
        public var drawdown: Double {
            guard book.peak > .zero else { return 0 }
            return 1 - book.equity.doubleValue / book.peak.doubleValue
        }
    }

    public let settings: RiskSettings
    public internal(set) var state = State()
    /// By rule; those of the decision at hand, and after ``asked`` of them, what earlier ones left.
    private var verdicts = RiskRule.allCases.map { Decision.Verdict(rule: $0.name, passed: false, value: 0, limit: 0) }
    /// How many rules were asked for the decision at hand.
    private var asked = 0

    public init(_ settings: RiskSettings = RiskSettings()) { self.settings = settings }

    public mutating func restore(_ state: State) { self.state = state }

    public mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        switch event.message {
        case .prediction(let prediction) where input == 1 && prediction.role == .champion:
            state.book.wishes.append(RiskBook.Wish(prediction, trace: event.trace))
        case .account(let account) where input == 0: state.book.take(account)
        case .orderEvent(let event) where input == 0: state.book.take(event)
        case .control(let control): state.book.take(control)
        default: break
        }
    }

    public mutating func close(_ watermark: Watermark, into outbox: inout Outbox) throws {
        guard !state.book.wishes.isEmpty else { return }
        if state.book.wishes.count > 1 { state.book.wishes.sort(by: RiskBook.Wish.isBefore) }
        for index in state.book.wishes.indices {
            try decide(state.book.wishes[index], at: watermark.time, into: &outbox)
        }
        state.book.wishes.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    private mutating func decide(_ wish: RiskBook.Wish, at time: UnixNanos, into outbox: inout Outbox) throws {
        let slot = state.book.slot(of: wish.instrument)
        asked = 0
        let target = target(of: wish, slot: slot, at: time)
        let order = target.flatMap { orderQuantity(to: $0, slot: slot) }
        let current = state.book.slots[slot].quantity
        let decision = Decision(
            model: wish.model, instrument: wish.instrument, openTime: wish.openTime, time: time,
            state: state.book.effectiveState, action: order.map { $0.isNegative ? .sell : .buy } ?? .hold,
            targetQuantity: target ?? current, orderQuantity: order?.magnitude ?? .zero,
            verdicts: Array(verdicts[..<asked]))
        guard let order, let target else { return outbox.emit(.decision(decision), trace: wish.trace) }

        let id = decision.id
        outbox.emit(.decision(decision), trace: wish.trace)
        let clientID = StableHash.clientID(of: id)
        let isReduction = Self.isShrinking(target.units, from: current.units)
        outbox.emit(
            .order(
                try Order(
                    clientID: clientID, decisionID: id, instrument: wish.instrument,
                    side: order.isNegative ? .sell : .buy, quantity: order.magnitude, reduceOnly: isReduction,
                    time: time)),
            trace: wish.trace)
        state.book.slots[slot].pending = RiskBook.Pending(clientID: clientID, quantity: order, filled: .zero)
        state.book.orderTimes.append(time)
    }

    /// Writes down a rule's answer; rules are asked in their order.
    @inline(__always)
    mutating func ask(_ rule: RiskRule, _ passed: Bool, _ value: Double, limit: Double) -> Bool {
        let place = rule.rawValue
        verdicts[place] = Decision.Verdict(rule: verdicts[place].rule, passed: passed, value: value, limit: limit)
        asked = place + 1
        return passed
    }
}

extension RiskBook.Wish {
    init(_ prediction: Prediction, trace: FeedPosition) {
        let isUsable =
            prediction.signal.isFinite && prediction.confidence.isFinite && prediction.referencePrice.isFinite
            && prediction.volatility.isFinite && prediction.referencePrice > 0
        self.init(
            model: prediction.model, instrument: prediction.instrument, openTime: prediction.openTime,
            asOf: prediction.asOf, signal: isUsable ? prediction.signal : 0,
            confidence: isUsable ? prediction.confidence : 0, price: isUsable ? prediction.referencePrice : 0,
            volatility: isUsable ? prediction.volatility : 0, isUsable: isUsable, trace: trace)
    }

    /// By instrument, then by what makes the decision's id.
    static func isBefore(_ lhs: Self, _ rhs: Self) -> Bool {
        if lhs.instrument != rhs.instrument { return lhs.instrument < rhs.instrument }
        if lhs.model != rhs.model { return lhs.model < rhs.model }
        return lhs.openTime < rhs.openTime
    }
}
