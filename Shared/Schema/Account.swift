/// The executor's books at a watermark, in quote currency unless a field says otherwise.
public struct Account: Codable, Sendable, Hashable {
    public struct Position: Codable, Sendable, Hashable {
        public let instrument: Instrument
        /// In base currency; negative is short.
        public let quantity: Decimal12
        /// Average price of what is open; zero when flat.
        public let averagePrice: Decimal12
        /// The last close.
        public let markPrice: Decimal12
        /// Profit of what was closed, before fees.
        public let realised: Decimal12
        public let fees: Decimal12

        public init(
            instrument: Instrument, quantity: Decimal12, averagePrice: Decimal12, markPrice: Decimal12,
            realised: Decimal12, fees: Decimal12
        ) {
            self.instrument = instrument
            self.quantity = quantity
            self.averagePrice = averagePrice
            self.markPrice = markPrice
            self.realised = realised
            self.fees = fees
        }
    }

    public let time: UnixNanos
    public let cash: Decimal12
    /// Cash and the positions at their marks.
    public let equity: Decimal12
    /// In instrument order; one for every instrument ever traded.
    public let positions: [Position]

    public init(time: UnixNanos, cash: Decimal12, equity: Decimal12, positions: [Position]) {
        self.time = time
        self.cash = cash
        self.equity = equity
        self.positions = positions
    }
}
