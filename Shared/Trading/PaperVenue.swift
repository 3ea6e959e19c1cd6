public import Schema

/// A venue that exists on paper: it fills orders at the prices of the bars that follow them.
///
/// An order sent at a watermark meets the first bar that opens at or after it, never one that was open already:
///
/// * **market**: at that bar's open, moved against us by half the spread and by our share of the bar's volume;
/// * **stop**, **take profit**: triggered when the bar reaches the stop price, then at the stop price, or at the open
///   when the bar opened beyond it (the gap rule), moved against us like a market order;
/// * **limit**: when the first bar opens at the limit or better it takes there, at no worse than the limit. Otherwise it
///   rests, and fills at its limit in a bar that trades *through* it; a bar that only touches it does not count, since
///   the queue in front of us is unknown. It then pays the maker's fee.
///
/// All orders of an instrument together fill at most a share of a bar's volume; what is left waits for the next bar, at
/// its open. Immediate-or-cancel and fill-or-kill orders have their first bar only. Nothing is random.
public struct PaperVenue: Sendable {
    /// What the venue reports of an order.
    public struct Report: Sendable, Hashable {
        public enum Content: Sendable, Hashable {
            case fill(Fill)
            case event(OrderEvent)
        }

        public let content: Content
        /// The order's.
        public let trace: FeedPosition
    }

    /// Why an order was rejected; the text of the event's reason.
    public enum Rejection: String, Sendable, CaseIterable {
        case unknownInstrument = "unknown instrument"
        case noPrice = "no price yet"
        case unsupportedKind = "order kind not supported"
        case missingPrice = "limit or stop price missing"
        case priceFilter = "price off the grid"
        case lotSize = "quantity below the minimum or off the grid"
        case notional = "value below the minimum"
        case nothingToReduce = "nothing to reduce"
    }

    struct OpenOrder: Codable, Sendable, Hashable {
        let order: Order
        let trace: FeedPosition
        var filled = Decimal12.zero
        /// The number of the last event.
        var events = 1
        var fills = 0
        /// A stop that was reached; it is a market order from there on.
        var isTriggered = false
        /// A limit that its first bar did not fill at once.
        var isResting = false
    }

    struct Market: Codable, Sendable, Hashable {
        let instrument: Instrument
        let rules: InstrumentRules?
        var lastClose: Decimal12
        /// In order of acceptance.
        var orders: [OpenOrder] = []
    }

    /// Everything that the venue remembers.
    public struct State: Codable, Sendable, Equatable {
        var markets: [Market] = []
        var seen = RecentIdentifiers(capacity: 1024)
        var openOrders = 0
    }

    public let settings: PaperVenueSettings
    public let rules: RuleBook
    public internal(set) var state = State()

    public init(settings: PaperVenueSettings = PaperVenueSettings(), rules: RuleBook = .standard) {
        self.settings = settings
        self.rules = rules
    }

    public mutating func restore(_ state: State) { self.state = state }

    /// How many orders are open.
    public var openOrderCount: Int { state.openOrders }

    /// The last close of an instrument, in quote currency; `nil` before its first bar.
    public func lastClose(of instrument: Instrument) -> Decimal12? {
        index(of: instrument).map { state.markets[$0].lastClose }
    }

    /// Takes an order, or rejects it; one whose client id is among the last 1024 is ignored.
    ///
    /// - Parameters:
    ///   - order: It meets the bars that open at or after its time.
    ///   - trace: What its reports are to name as the beginning of their chain.
    ///   - position: What we hold of the instrument, for orders that may only reduce it.
    /// - Returns: One event, or nothing for an order that was seen before.
    public mutating func submit(_ order: Order, trace: FeedPosition, position: Decimal12) -> [Report] {
        guard state.seen.insert(order.clientID) else { return [] }
        func report(_ orderState: OrderEvent.State, _ reason: String = "") -> [Report] {
            let event = OrderEvent(
                clientID: order.clientID, instrument: order.instrument, number: 1, state: orderState,
                filledQuantity: .zero, reason: reason, time: order.time)
            return [Report(content: .event(event), trace: trace)]
        }
        if let rejection = rejection(of: order, position: position) { return report(.rejected, rejection.rawValue) }
        guard let index = index(of: order.instrument) else {
            return report(.rejected, Rejection.noPrice.rawValue)
        }
        state.markets[index].orders.append(OpenOrder(order: order, trace: trace))
        state.openOrders += 1
        return report(.accepted)
    }

    private func rejection(of order: Order, position: Decimal12) -> Rejection? {
        guard let rules = rules.rules(for: order.instrument) else { return .unknownInstrument }
        guard let last = lastClose(of: order.instrument) else { return .noPrice }
        var price = last
        switch order.kind {
        case .market: break
        case .limit:
            guard let limit = order.limitPrice, limit > .zero else { return .missingPrice }
            guard rules.allows(price: limit) else { return .priceFilter }
            price = limit
        case .stop, .takeProfit:
            guard let stop = order.stopPrice, stop > .zero else { return .missingPrice }
            guard rules.allows(price: stop) else { return .priceFilter }
            price = stop
        case .stopLimit, .trailingStop: return .unsupportedKind
        }
        guard rules.allows(quantity: order.quantity) else { return .lotSize }
        guard price.multiplied(by: order.quantity) >= rules.minimumNotional else { return .notional }
        if order.reduceOnly, position.isZero || position.isNegative == (order.side == .sell) { return .nothingToReduce }
        return nil
    }

    /// Cancels every open order, in instrument and acceptance order.
    public mutating func cancelAll(at time: UnixNanos, reason: String) -> [Report] {
        close(.cancelled, at: time, reason: reason) { _ in true }
    }

    /// Ends the orders older than their lifetime.
    ///
    /// - Parameters:
    ///   - time: The watermark's.
    ///   - timeframe: The bars in which the lifetime is counted.
    /// - Returns: One event for each.
    public mutating func expire(at time: UnixNanos, timeframe: Timeframe) -> [Report] {
        guard state.openOrders > 0 else { return [] }
        let lifetime = timeframe.nanoseconds * Int64(settings.lifetimeBars)
        return close(.expired, at: time, reason: "lifetime over") {
            time.rawValue - $0.order.time.rawValue >= lifetime
        }
    }

    private mutating func close(
        _ orderState: OrderEvent.State, at time: UnixNanos, reason: String, where isOver: (OpenOrder) -> Bool
    ) -> [Report] {
        guard state.openOrders > 0 else { return [] }
        var reports: [Report] = []
        for index in state.markets.indices.sorted(by: {
            state.markets[$0].instrument < state.markets[$1].instrument
        }) {
            for var open in state.markets[index].orders where isOver(open) {
                reports.append(open.event(orderState, at: time, reason: reason))
                state.openOrders -= 1
            }
            state.markets[index].orders.removeAll(where: isOver)
        }
        return reports
    }

    @inline(__always)
    func index(of instrument: Instrument) -> Int? {
        for index in state.markets.indices where state.markets[index].instrument == instrument { return index }
        return nil
    }
}

extension PaperVenue.OpenOrder {
    /// The order's next event.
    mutating func event(
        _ state: OrderEvent.State, at time: UnixNanos, reason: String = ""
    ) -> PaperVenue.Report {
        events += 1
        return PaperVenue.Report(
            content: .event(
                OrderEvent(
                    clientID: order.clientID, instrument: order.instrument, number: events, state: state,
                    filledQuantity: filled, reason: reason, time: time)),
            trace: trace)
    }
}
