internal import Schema

extension RiskStage {
    /// The position to go to, in base currency, or `nil` to leave everything as it is.
    mutating func target(of wish: RiskBook.Wish, slot: Int, at time: UnixNanos) -> Decimal12? {
        let isKnown = state.book.equityTime == time && state.book.equity > .zero
        let equity = isKnown ? state.book.equity.doubleValue : 0
        let price = wish.isUsable ? Decimal12(market: wish.price) ?? .zero : .zero
        guard askWhetherClear(wish, slot: slot, price: price, equity: equity, at: time) else { return nil }
        state.book.slots[slot].price = price

        let shrinksOnly = !askLosses(equity: equity) || state.book.effectiveState != .active
        let fraction = settings.fraction(
            signal: wish.signal, confidence: wish.confidence, volatility: wish.volatility)
        let held = state.book.slots[slot].quantity.doubleValue * wish.price
        var wanted = fraction * equity
        let isShortened = shrinksOnly && !Self.isShrinking(wanted, from: held)
        if isShortened { wanted = wanted * held > 0 ? held : 0 }
        let effective = state.book.effectiveState
        let level: Double = effective == .active ? 0 : effective == .reducing ? 1 : 2
        let isFree = effective == .active || (effective == .reducing && !isShortened)
        _ = ask(.tradingState, isFree, level, limit: 0)
        guard effective != .halted else { return nil }

        // A preference and not a limit, and so asked in binary numbers, before the exact ones are worth their while.
        let change = Self.change(from: held, to: wanted)
        let band = settings.noTradeBand
        guard ask(.noTradeBand, change > 0 && change >= band, change, limit: band) else { return nil }
        return exactTarget(fraction: isShortened ? 0 : fraction, shrinksOnly: shrinksOnly, price: price, slot: slot)
    }

    /// What must hold before a size is thought of.
    @inline(__always)
    private mutating func askWhetherClear(
        _ wish: RiskBook.Wish, slot: Int, price: Decimal12, equity: Double, at time: UnixNanos
    ) -> Bool {
        let age = Double(time.rawValue) / 1e9 - Double(wish.asOf.rawValue) / 1e9
        let isPending = state.book.slots[slot].pending != nil
        let orders = state.book.ordersInHour(before: time)
        var isClear = ask(.input, price > .zero, price > .zero ? 1 : 0, limit: 1)
        isClear = ask(.fresh, wish.asOf == time, age, limit: 0) && isClear
        isClear = ask(.equity, equity > 0, equity, limit: 0) && isClear
        isClear =
            ask(
                .confidence, wish.confidence >= settings.minimumConfidence, wish.confidence,
                limit: settings.minimumConfidence)
            && isClear
        isClear = ask(.openOrder, !isPending, isPending ? 1 : 0, limit: 0) && isClear
        return ask(.orderRate, orders < settings.ordersPerHour, Double(orders), limit: Double(settings.ordersPerHour))
            && isClear
    }

    /// - Returns: Whether positions may grow as far as losses go.
    @inline(__always)
    private mutating func askLosses(equity: Double) -> Bool {
        let start = state.book.dayStart.doubleValue
        let peak = state.book.peak.doubleValue
        let loss = start > 0 ? max(0, 1 - equity / start) : 0
        let drawdown = peak > 0 ? max(0, 1 - equity / peak) : 0
        let isDayGood = ask(.dailyLoss, loss < settings.dailyLoss, loss, limit: settings.dailyLoss)
        if !ask(.drawdown, drawdown < settings.drawdown, drawdown, limit: settings.drawdown) {
            state.book.isLatched = true
        }
        return isDayGood && !state.book.isLatched
    }

    /// The sized position in steps, cut to the exposure limits.
    private mutating func exactTarget(
        fraction: Double, shrinksOnly: Bool, price: Decimal12, slot: Int
    ) -> Decimal12? {
        guard let rules = settings.rules.rules(for: state.book.slots[slot].instrument),
            let share = Decimal12(fraction, places: 12),
            let symbolLimit = Decimal12(settings.symbolExposure, places: 12),
            let grossLimit = Decimal12(settings.grossExposure, places: 12)
        else { return nil }
        let equity = state.book.equity
        var others = Decimal12.zero
        for index in state.book.slots.indices where index != slot { others += state.book.slots[index].exposure }

        let wanted = rules.quantityDown(equity.multiplied(by: share).divided(by: price))
        let value = wanted.magnitude.multiplied(by: price).doubleValue
        let symbolMost = rules.quantityDown(equity.multiplied(by: symbolLimit).divided(by: price))
        let left = max(.zero, equity.multiplied(by: grossLimit) - others)
        let grossMost = rules.quantityDown(left.divided(by: price))
        let whole = equity.doubleValue
        _ = ask(.symbolExposure, wanted.magnitude <= symbolMost, value / whole, limit: settings.symbolExposure)
        _ = ask(
            .grossExposure, wanted.magnitude <= grossMost, (others.doubleValue + value) / whole,
            limit: settings.grossExposure)
        var most = min(symbolMost, grossMost)
        if shrinksOnly { most = min(most, state.book.slots[slot].quantity.magnitude) }
        let size = min(wanted.magnitude, most)
        return wanted.isNegative ? -size : size
    }

    /// The signed quantity that leads to a target, or `nil` when what is left after all cuts is not worth an order.
    mutating func orderQuantity(to target: Decimal12, slot: Int) -> Decimal12? {
        let held = state.book.slots[slot]
        guard let rules = settings.rules.rules(for: held.instrument) else { return nil }
        let quantity = rules.quantityDown(target - held.quantity)
        let value = quantity.magnitude.multiplied(by: held.price)
        let isEnough = !quantity.isZero && quantity.magnitude >= rules.minimumQuantity && value >= rules.minimumNotional
        guard ask(.minimumOrder, isEnough, value.doubleValue, limit: rules.minimumNotional.doubleValue) else {
            return nil
        }
        let change = Self.change(from: held.quantity.doubleValue, to: target.doubleValue)
        return change >= settings.noTradeBand ? quantity : nil
    }

    /// How far a position moves, as a share of the larger of the two; 1 and more when it is closed or turned.
    private static func change(from held: Double, to wanted: Double) -> Double {
        let larger = max(abs(wanted), abs(held))
        return larger > 0 ? abs(wanted - held) / larger : 0
    }

    /// Whether a number lies between another and zero, and so on its side.
    static func isShrinking<Number: SignedNumeric & Comparable>(_ wanted: Number, from held: Number) -> Bool
    where Number.Magnitude: Comparable {
        wanted == 0 || (wanted > 0) == (held > 0) && held != 0 && wanted.magnitude <= held.magnitude
    }
}
