/// Where the close stands below the highest high of the newest bars, −100…0 (Williams %R).
///
/// L. Williams, "How I Made One Million Dollars", 1973; a range of zero gives 0, as in TA-Lib.
public struct WilliamsRange: StreamingIndicator {
    private var highest: RollingExtreme
    private var lowest: RollingExtreme
    public let warmUp: Int

    public init(length: Int) {
        highest = .highest(length)
        lowest = .lowest(length)
        warmUp = length
    }

    public mutating func update(_ bar: Bar) -> Double {
        highest.push(bar.high)
        lowest.push(bar.low)
        guard highest.isFull else { return .nan }
        let range = highest.value - lowest.value
        return range > 0 ? -100 * (highest.value - bar.close) / range : 0
    }
}
