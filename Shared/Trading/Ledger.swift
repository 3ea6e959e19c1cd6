public import Schema

/// Cash and positions, booked fill by fill at average cost.
///
/// Cash falls by signed quantity × price and by the fee, for long and short alike (no margin is set aside), so equity
/// is cash plus the positions at their marks. The cost of what is open is kept and not its average price, which would
/// have to be rounded: so cash + cost = opening cash + realised − fees + funding holds to the last digit, whatever
/// comes, and ``check()`` proves it. A fill must be applied once; whoever feeds the ledger sees to that.
public struct Ledger: Codable, Sendable, Hashable {
    /// What is held of one instrument, and what came of it.
    public struct Position: Codable, Sendable, Hashable {
        public let instrument: Instrument
        /// In base currency; negative is short.
        public internal(set) var quantity = Decimal12.zero
        /// Paid for what is open, in quote currency; negative is received for a short position.
        public internal(set) var cost = Decimal12.zero
        /// ``cost`` by ``quantity``, rounded half to even; zero when flat.
        public internal(set) var averagePrice = Decimal12.zero
        /// Profit of what was closed, in quote currency, before fees and funding.
        public internal(set) var realised = Decimal12.zero
        /// Paid in quote currency; rebates are negative.
        public internal(set) var fees = Decimal12.zero
        /// Received for holding it, in quote currency; negative is paid.
        public internal(set) var funding = Decimal12.zero
        /// The last price, in quote currency.
        public internal(set) var mark = Decimal12.zero

        init(_ instrument: Instrument) { self.instrument = instrument }

        /// What closing at the mark would give, in quote currency, before fees.
        public var unrealised: Decimal12 { quantity.multiplied(by: mark) - cost }
    }

    public let openingCash: Decimal12
    public private(set) var cash: Decimal12
    /// In instrument order; one for every instrument ever traded.
    public private(set) var positions: [Position] = []

    public init(cash: Decimal12) {
        openingCash = cash
        self.cash = cash
    }

    /// The position in an instrument; `nil` when it was never traded.
    public subscript(_ instrument: Instrument) -> Position? {
        index(of: instrument).map { positions[$0] }
    }

    /// The quantity held, in base currency; zero when it was never traded.
    public func quantity(of instrument: Instrument) -> Decimal12 {
        index(of: instrument).map { positions[$0].quantity } ?? .zero
    }

    /// Cash and the positions at their marks, in quote currency.
    public var equity: Decimal12 {
        var equity = cash
        for position in positions where !position.quantity.isZero {
            equity += position.quantity.multiplied(by: position.mark)
        }
        return equity
    }

    /// Books a fill; its price becomes the mark.
    public mutating func apply(_ fill: Fill) {
        precondition(fill.quantity > .zero, "a fill has a quantity")
        let index = indexMaking(fill.instrument)
        let signed = fill.side == .buy ? fill.quantity : -fill.quantity
        // Rounded once, so that whatever is split off below adds up to it again.
        let value = signed.multiplied(by: fill.price)
        cash -= value + fill.fee
        positions[index].fees += fill.fee
        positions[index].mark = fill.price
        positions[index].book(signed, value: value, price: fill.price)
    }

    /// Values a position at a price, when there is one.
    public mutating func mark(_ instrument: Instrument, at price: Decimal12) {
        guard let index = index(of: instrument) else { return }
        positions[index].mark = price
    }

    /// Pays or receives funding for the position held: −quantity × mark × rate, so longs pay when the rate is positive.
    ///
    /// - Returns: What was received, in quote currency.
    @discardableResult
    public mutating func settleFunding(of instrument: Instrument, mark: Decimal12, rate: Decimal12) -> Decimal12 {
        guard let index = index(of: instrument) else { return .zero }
        let received = -positions[index].quantity.multiplied(by: mark).multiplied(by: rate)
        cash += received
        positions[index].funding += received
        return received
    }

    /// Proves that nothing was lost between the columns.
    ///
    /// - Throws: ``TradingError/unbalanced(_:)``
    public func check() throws(TradingError) {
        var difference = cash - openingCash
        for position in positions {
            difference += position.cost - position.realised + position.fees - position.funding
            guard !position.quantity.isZero || position.cost.isZero else { throw .unbalanced(position.cost) }
        }
        guard difference.isZero else { throw .unbalanced(difference) }
    }

    /// The books as they go out at a watermark.
    public func account(at time: UnixNanos) -> Account {
        var equity = cash
        let positions = self.positions.map { position in
            if !position.quantity.isZero { equity += position.quantity.multiplied(by: position.mark) }
            return Account.Position(
                instrument: position.instrument, quantity: position.quantity, averagePrice: position.averagePrice,
                markPrice: position.mark, realised: position.realised, fees: position.fees)
        }
        return Account(time: time, cash: cash, equity: equity, positions: positions)
    }

    private func index(of instrument: Instrument) -> Int? {
        for index in positions.indices where positions[index].instrument == instrument { return index }
        return nil
    }

    private mutating func indexMaking(_ instrument: Instrument) -> Int {
        if let index = index(of: instrument) { return index }
        let index = positions.firstIndex { instrument < $0.instrument } ?? positions.endIndex
        positions.insert(Position(instrument), at: index)
        return index
    }
}

extension Ledger.Position {
    /// Adds a signed quantity of a value, closing what is open on the other side first.
    fileprivate mutating func book(_ signed: Decimal12, value: Decimal12, price: Decimal12) {
        if quantity.isZero || quantity.isNegative == signed.isNegative {
            cost += value
        } else if signed.magnitude < quantity.magnitude {
            let released = cost.multiplied(by: signed.magnitude).divided(by: quantity.magnitude)
            realised += -value - released
            cost -= released
        } else {
            // All of it is closed; what is left of the value opens the other side.
            let opened = (quantity + signed).multiplied(by: price)
            realised += opened - value - cost
            cost = opened
        }
        quantity += signed
        averagePrice = quantity.isZero ? .zero : cost.divided(by: quantity)
    }
}
