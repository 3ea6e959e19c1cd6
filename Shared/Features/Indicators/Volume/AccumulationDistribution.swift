/// Volume counted by where the close stands in the bar: wholly up at the high, wholly down at the low (A/D line).
///
/// M. Chaikin; a bar without a range adds nothing, as in TA-Lib. In base currency.
public struct AccumulationDistribution: BarIndicator {
    private var total = 0.0

    public init() {}

    public var warmUp: Int { 1 }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        total += Self.flow(bar)
        return total
    }

    /// The bar's volume times the place of its close, −1…1.
    static func flow(_ bar: Bar) -> Double {
        let range = bar.high - bar.low
        return range > 0 ? ((bar.close - bar.low) - (bar.high - bar.close)) / range * bar.volume : 0
    }
}
