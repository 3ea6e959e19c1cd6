/// Where the close stands below the highest high of the newest bars, −100…0 (Williams %R).
///
/// L. Williams, "How I Made One Million Dollars", 1973; a range of zero gives 0, as in TA-Lib.
public struct WilliamsRange: BarIndicator {
    private var extremes: RollingRange
    public let warmUp: Int

    public init(length: Int) {
        extremes = RollingRange(length)
        warmUp = length
    }

    @inline(__always)
    public mutating func hold() { extremes.hold() }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        extremes.push(high: bar.high, low: bar.low)
        guard extremes.isFull else { return .nan }
        let range = extremes.highest - extremes.lowest
        return range > 0 ? -100 * (extremes.highest - bar.close) / range : 0
    }
}
