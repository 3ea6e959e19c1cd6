public import Schema

/// What a venue demands of an order's price and quantity; a rule that is zero does not apply.
///
/// Source: Binance Spot API, Filters `PRICE_FILTER`, `LOT_SIZE`, `NOTIONAL`, `PERCENT_PRICE`; other venues have the same
/// ones by other names.
public struct InstrumentRules: Codable, Sendable, Hashable {
    /// A rule by the venue's name for it.
    public enum Filter: String, Codable, Sendable, CaseIterable {
        case price = "PRICE_FILTER"
        case lotSize = "LOT_SIZE"
        case notional = "NOTIONAL"
    }

    /// Prices are multiples of it, in quote currency.
    public var tick: Decimal12
    /// Quantities are multiples of it, in base currency.
    public var step: Decimal12
    /// In base currency.
    public var minimumQuantity: Decimal12
    /// In base currency.
    public var maximumQuantity: Decimal12
    /// In quote currency.
    public var minimumPrice: Decimal12
    /// In quote currency.
    public var maximumPrice: Decimal12
    /// The least value of an order, price times quantity, in quote currency.
    public var minimumNotional: Decimal12
    /// Whether prices are counted in ticks from ``minimumPrice``, as futures venues do, and not from zero.
    public var ticksFromMinimum: Bool

    public init(
        tick: Decimal12, step: Decimal12, minimumQuantity: Decimal12, minimumNotional: Decimal12,
        maximumQuantity: Decimal12 = .zero, minimumPrice: Decimal12 = .zero, maximumPrice: Decimal12 = .zero,
        ticksFromMinimum: Bool = false
    ) {
        self.tick = tick
        self.step = step
        self.minimumQuantity = minimumQuantity
        self.maximumQuantity = maximumQuantity
        self.minimumPrice = minimumPrice
        self.maximumPrice = maximumPrice
        self.minimumNotional = minimumNotional
        self.ticksFromMinimum = ticksFromMinimum
    }

    /// Whether a price obeys the price filter.
    public func allows(price: Decimal12) -> Bool {
        if minimumPrice > .zero, price < minimumPrice { return false }
        if maximumPrice > .zero, price > maximumPrice { return false }
        let offset = ticksFromMinimum ? price - minimumPrice : price
        return tick.isZero || offset.units % tick.units == 0
    }

    /// Whether a quantity obeys the lot size filter.
    public func allows(quantity: Decimal12) -> Bool {
        if quantity < minimumQuantity { return false }
        if maximumQuantity > .zero, quantity > maximumQuantity { return false }
        return step.isZero || quantity.units % step.units == 0
    }

    /// The filters that an order breaks, in the order of ``Filter``; none when it may be sent.
    public func failures(price: Decimal12, quantity: Decimal12) -> [Filter] {
        var failures: [Filter] = []
        if !allows(price: price) { failures.append(.price) }
        if !allows(quantity: quantity) { failures.append(.lotSize) }
        if price.multiplied(by: quantity) < minimumNotional { failures.append(.notional) }
        return failures
    }

    /// The quantity without what is less than a step; towards zero for signed ones, so never more than was sized.
    public func quantityDown(_ quantity: Decimal12) -> Decimal12 {
        step.isZero ? quantity : quantity.truncated(toMultipleOf: step)
    }

    /// The nearest price on the grid that is no worse for us: a buyer's rounded down, a seller's up.
    public func passivePrice(_ price: Decimal12, side: Side) -> Decimal12 {
        guard !tick.isZero else { return price }
        return side == .buy ? price.roundedDown(toMultipleOf: tick) : price.roundedUp(toMultipleOf: tick)
    }

    /// The nearest price on the grid that is no better for us: a buyer's rounded up, a seller's down.
    public func adversePrice(_ price: Decimal12, side: Side) -> Decimal12 {
        passivePrice(price, side: side == .buy ? .sell : .buy)
    }

    /// The least quantity on the grid whose value reaches ``minimumNotional`` at a price above zero.
    public func minimumQuantityForNotional(at price: Decimal12) -> Decimal12 {
        precondition(price > .zero, "a price above zero")
        let least = minimumNotional.divided(by: price)
        guard !step.isZero else { return least }
        let quantity = least.roundedUp(toMultipleOf: step)
        // The quotient was rounded, perhaps down onto the grid.
        return quantity.multiplied(by: price) < minimumNotional ? quantity + step : quantity
    }

    /// Whether a price lies within `down`…`up` times the average, the venue's guard against typing errors.
    public static func isInPriceBand(_ price: Decimal12, average: Decimal12, up: Decimal12, down: Decimal12) -> Bool {
        price <= average.multiplied(by: up) && price >= average.multiplied(by: down)
    }
}
