/// What the risk gate made of one prediction, with the verdict of every rule that it asked.
public struct Decision: Codable, Sendable, Hashable {
    public enum Action: String, Codable, Sendable, CaseIterable { case buy, sell, hold }

    /// One rule's answer.
    public struct Verdict: Codable, Sendable, Hashable {
        public let rule: Name
        public let passed: Bool
        /// What the rule measured, in the unit of ``limit``.
        public let value: Double
        public let limit: Double

        public init(rule: Name, passed: Bool, value: Double, limit: Double) {
            self.rule = rule
            self.passed = passed
            self.value = value
            self.limit = limit
        }
    }

    public let model: Name
    public let instrument: Instrument
    /// The open time of the bar at whose close it was made; whole seconds.
    public let openTime: UnixNanos
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
        model: Name, instrument: Instrument, openTime: UnixNanos, time: UnixNanos, state: TradingState, action: Action,
        targetQuantity: Decimal12, orderQuantity: Decimal12, verdicts: [Verdict]
    ) {
        self.model = model
        self.instrument = instrument
        self.openTime = openTime
        self.time = time
        self.state = state
        self.action = action
        self.targetQuantity = targetQuantity
        self.orderQuantity = orderQuantity
        self.verdicts = verdicts
    }
}

extension Decision {
    /// Derived from model, instrument and bar: the same decision has the same id in every run.
    ///
    /// For example `lstm-7/binance.BTC-USDT/1758319200`, the bar's open time in seconds. It is made when it is asked for,
    /// since most decisions hold, and nobody asks for the id of those on the way through the pipeline.
    public var id: String {
        var id = model.text
        // Not by interpolation, which takes several times as long.
        id.reserveCapacity(id.utf8.count + instrument.name.utf8.count + 24)
        id += "/"
        id += instrument.name
        id += "/"
        id += String(openTime.rawValue / 1_000_000_000)
        return id
    }

    /// The open time that ends an id.
    ///
    /// - Throws: ``SchemaError/payload(kind:reason:)`` for a text that is not the id of a decision of that model and
    ///   instrument.
    public static func openTime(
        ofID id: String, model: Name, instrument: Instrument
    ) throws(SchemaError) -> UnixNanos {
        let prefix = "\(model)/\(instrument)/"
        guard id.hasPrefix(prefix), let seconds = Int64(id.dropFirst(prefix.count)),
            case let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000), !overflow
        else { throw .payload(kind: "decision", reason: "\"\(id)\" is no id of \(prefix)") }
        return UnixNanos(nanoseconds)
    }
}
