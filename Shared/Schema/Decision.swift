/// What the risk gate made of one prediction, with the verdict of every rule that it asked.
public struct Decision: Codable, Sendable, Hashable {
    public enum Action: String, Codable, Sendable, CaseIterable { case buy, sell, hold }

    /// One rule's answer.
    public struct Verdict: Codable, Sendable, Hashable {
        public let rule: String
        public let passed: Bool
        /// What the rule measured, in the unit of ``limit``.
        public let value: Double
        public let limit: Double

        public init(rule: String, passed: Bool, value: Double, limit: Double) {
            self.rule = rule
            self.passed = passed
            self.value = value
            self.limit = limit
        }
    }

    /// Derived from model, instrument and bar: the same decision has the same id in every run.
    public let id: String
    public let model: String
    public let instrument: Instrument
    /// The watermark at which it was made.
    public let time: UnixNanos
    public let state: TradingState
    public let action: Action
    /// The position wanted, in base currency; negative is short.
    public let targetQuantity: Decimal12
    /// The quantity ordered now, in base currency, unsigned; zero for ``Action/hold``.
    public let orderQuantity: Decimal12
    public let verdicts: [Verdict]

    public init(
        id: String, model: String, instrument: Instrument, time: UnixNanos, state: TradingState, action: Action,
        targetQuantity: Decimal12, orderQuantity: Decimal12, verdicts: [Verdict]
    ) {
        self.id = id
        self.model = model
        self.instrument = instrument
        self.time = time
        self.state = state
        self.action = action
        self.targetQuantity = targetQuantity
        self.orderQuantity = orderQuantity
        self.verdicts = verdicts
    }
}
