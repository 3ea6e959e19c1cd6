/// What ends a trade that is entered at a close: a price above, a price below, or the time.
///
/// The triple-barrier method of M. López de Prado, "Advances in Financial Machine Learning", 2018, section 3.3, here with
/// the highs and lows of bars, which touch earlier than closes do.
public struct TripleBarrier: Codable, Sendable, Hashable {
    /// What a width is measured in.
    public enum Unit: String, Codable, Sendable {
        /// A width of 0.01 is one per cent of the close.
        case fraction
        /// A width of 2 is twice the row's volatility, itself a fraction of the close.
        case volatility
    }

    /// The distance of the barrier above the close; `nil` is no barrier.
    public let upper: Double?
    /// The distance of the barrier below the close; `nil` is no barrier.
    public let lower: Double?
    public let unit: Unit
    /// The time after which the vertical barrier stands, in nanoseconds.
    public let horizon: Int64

    public init(upper: Double?, lower: Double?, unit: Unit, horizon: Int64) {
        precondition([upper, lower].allSatisfy { $0.map { $0 > 0 && $0.isFinite } ?? true }, "widths above zero")
        precondition(horizon > 0, "a vertical barrier after the close")
        (self.upper, self.lower, self.unit, self.horizon) = (upper, lower, unit, horizon)
    }
}

/// How a trade between barriers ended.
public struct BarrierOutcome: Sendable, Hashable {
    public enum Barrier: String, Codable, Sendable, CaseIterable { case upper, lower, vertical }

    /// The barrier that was touched first.
    public let barrier: Barrier
    /// From the row's close to the price of the touch: the barrier's, or the open of a bar that began beyond it.
    public let simpleReturn: Double
}
