public import Schema

extension PaperVenue {
    /// A bar in exact numbers.
    private struct Bar {
        let openTime: UnixNanos
        let closeTime: UnixNanos
        let open: Decimal12
        let high: Decimal12
        let low: Decimal12
        let volume: Decimal12
    }

    /// A price at which an order may trade in a bar.
    private struct Offer {
        var price: Decimal12
        var isMaker = false
        /// Within the bar and not at its open.
        var isInside = false
    }

    /// Meets the open orders of an instrument with a bar, in order of acceptance, and takes its close as the last price.
    ///
    /// - Parameters:
    ///   - candle: A bar of the base timeframe.
    ///   - position: What we hold of the instrument, for orders that may only reduce it.
    /// - Returns: Each fill and, after it, the order's event.
    public mutating func trade(_ candle: Candle, position: Decimal12) -> [Report] {
        // Prices beyond the ledger's range are no market of ours.
        guard let close = Decimal12(market: candle.close) else { return [] }
        guard let index = index(of: candle.instrument) else {
            let market = Market(
                instrument: candle.instrument, rules: rules.rules(for: candle.instrument), lastClose: close)
            state.markets.append(market)
            return []
        }
        state.markets[index].lastClose = close
        guard state.openOrders > 0, !state.markets[index].orders.isEmpty else { return [] }
        guard let rules = state.markets[index].rules, let open = Decimal12(market: candle.open),
            let high = Decimal12(market: candle.high), let low = Decimal12(market: candle.low)
        else { return [] }
        // A volume too large to count is as good as the largest that can be.
        let volume = Decimal12(market: candle.volume) ?? Decimal12(90_000_000_000)
        let bar = Bar(
            openTime: candle.openTime, closeTime: candle.closeTime, open: open, high: high, low: low, volume: volume)

        var reports: [Report] = []
        var position = position
        var capacity = rules.quantityDown(settings.participation.multiplied(by: volume))
        var remaining: [OpenOrder] = []
        for var order in state.markets[index].orders {
            let isOpen = meet(
                &order, bar: bar, rules: rules, position: &position, capacity: &capacity, reports: &reports)
            if isOpen { remaining.append(order) } else { state.openOrders -= 1 }
        }
        state.markets[index].orders = remaining
        return reports
    }

    /// - Returns: Whether the order is still open.
    private func meet(
        _ open: inout OpenOrder, bar: Bar, rules: InstrumentRules, position: inout Decimal12,
        capacity: inout Decimal12, reports: inout [Report]
    ) -> Bool {
        let order = open.order
        // A bar that was open when the order was decided gives it nothing.
        guard bar.openTime >= order.time else { return true }
        var wanted = order.quantity - open.filled
        if order.reduceOnly {
            let reducible = position.isNegative == (order.side == .buy) ? position.magnitude : .zero
            wanted = min(wanted, reducible)
            guard wanted > .zero else {
                reports.append(
                    open.event(.cancelled, at: bar.openTime, reason: Rejection.nothingToReduce.rawValue))
                return false
            }
        }
        let isOnce = order.timeInForce != .goodTilCancelled
        if let limit = order.limitPrice, order.kind == .limit, !open.isResting {
            let isMarketable = order.side == .buy ? bar.open <= limit : bar.open >= limit
            if isMarketable ? order.postOnly : isOnce {
                let reason = isMarketable ? "post only, would have taken" : "not filled at once"
                reports.append(open.event(.cancelled, at: bar.openTime, reason: reason))
                return false
            }
            open.isResting = !isMarketable
        }
        // A stop that was not reached waits, whatever its time in force: it has had no attempt to trade.
        guard let offer = offer(for: &open, bar: bar) else { return true }
        let quantity = min(wanted, capacity)
        if quantity.isZero || (order.timeInForce == .fillOrKill && quantity < wanted) {
            guard isOnce else { return true }
            reports.append(open.event(.cancelled, at: bar.closeTime, reason: "not filled at once"))
            return false
        }
        capacity -= quantity
        position += order.side == .buy ? quantity : -quantity
        fill(&open, quantity: quantity, offer: offer, bar: bar, rules: rules, reports: &reports)
        guard open.filled < order.quantity else { return false }
        guard isOnce else { return true }
        reports.append(open.event(.cancelled, at: bar.closeTime, reason: "rest not filled at once"))
        return false
    }

    /// Where the bar lets the order trade, or `nil`; a stop that is reached becomes a market order.
    private func offer(for open: inout OpenOrder, bar: Bar) -> Offer? {
        let order = open.order
        let isBuy = order.side == .buy
        switch order.kind {
        case .market: return Offer(price: bar.open)
        case .stop, .takeProfit:
            guard !open.isTriggered else { return Offer(price: bar.open) }
            guard let stop = order.stopPrice else { return nil }
            // A buyer's stop and a seller's take profit lie above the market, the other two below.
            let isAbove = isBuy == (order.kind == .stop)
            guard isAbove ? bar.high >= stop : bar.low <= stop else { return nil }
            open.isTriggered = true
            let isGap = isAbove ? bar.open >= stop : bar.open <= stop
            return Offer(price: isGap ? bar.open : stop, isInside: !isGap)
        case .limit:
            guard open.isResting, let limit = order.limitPrice else { return Offer(price: bar.open) }
            guard isBuy ? bar.low < limit : bar.high > limit else { return nil }
            return Offer(price: limit, isMaker: true, isInside: true)
        case .stopLimit, .trailingStop: return nil
        }
    }

    private func fill(
        _ open: inout OpenOrder, quantity: Decimal12, offer: Offer, bar: Bar, rules: InstrumentRules,
        reports: inout [Report]
    ) {
        let order = open.order
        var price = offer.price
        if !offer.isMaker {
            let cost = price.multiplied(by: settings.slippage(participation: quantity.divided(by: bar.volume)))
            price = rules.adversePrice(order.side == .buy ? price + cost : price - cost, side: order.side)
            if price <= .zero { price = offer.price }
            if order.kind == .limit, let limit = order.limitPrice {
                price = order.side == .buy ? min(price, limit) : max(price, limit)
            }
        }
        open.fills += 1
        open.filled += quantity
        let time = offer.isInside ? bar.closeTime : bar.openTime
        let fill = Fill(
            id: "\(order.clientID)/\(open.fills)", clientID: order.clientID, instrument: order.instrument,
            side: order.side, quantity: quantity, price: price,
            fee: settings.fees.fee(price: price, quantity: quantity, isMaker: offer.isMaker), time: time)
        reports.append(Report(content: .fill(fill), trace: open.trace))
        reports.append(open.event(open.filled == order.quantity ? .filled : .partiallyFilled, at: time))
    }
}
