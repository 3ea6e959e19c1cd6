/// One value of a timed series beside the candles: a funding rate, open interest, a liquidation, an on-chain metric.
public struct SideValue: Codable, Sendable, Hashable {
    /// What kind of series it is; one name means one unit.
    public enum Series: String, Codable, Sendable, CaseIterable {
        /// What longs pay to shorts at this moment, as a fraction of the position (0.0001 = 0.01 %).
        case fundingRate = "funding-rate"
        /// Contracts open, in base currency.
        case openInterest = "open-interest"
        /// A long position closed by force, in quote currency.
        case longLiquidation = "long-liquidation"
        /// A short position closed by force, in quote currency.
        case shortLiquidation = "short-liquidation"
        /// Distinct addresses seen on the chain in a day.
        case activeAddresses = "active-addresses"
        /// Network value over the value transferred in a day.
        case networkValueToTransactions = "nvt"
        /// 0 (extreme fear) to 100 (extreme greed).
        case fearAndGreed = "fear-and-greed"
    }

    public let series: Series
    public let instrument: Instrument
    public let value: Double
    /// What the value is about: the moment, or the end of the span that it sums up.
    public let time: UnixNanos
    /// When anybody could know it; never before ``time``.
    public let knownAt: UnixNanos

    /// Creates a value, or throws ``SchemaError`` for one that is not finite or was known too early.
    public init(
        series: Series, instrument: Instrument, value: Double, time: UnixNanos, knownAt: UnixNanos
    ) throws(SchemaError) {
        guard value.isFinite else { throw .number(field: series.rawValue, value: value) }
        guard knownAt >= time else {
            throw .payload(kind: series.rawValue, reason: "known at \(knownAt), before \(time)")
        }
        self.series = series
        self.instrument = instrument
        self.value = value
        self.time = time
        self.knownAt = knownAt
    }
}
