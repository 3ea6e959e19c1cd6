/// Highest high and lowest low of the newest bars, the current one included, and the close's distance to them.
///
/// R. Donchian's four-week rule, 1960. The edges serve as resistance and support.
public struct DonchianChannel: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let upper: Double
        public let lower: Double
        let close: Double

        public var middle: Double { (upper + lower) / 2 }
        /// How far the close must rise to the upper edge, as a fraction of the close; never below zero.
        public var resistanceDistance: Double { (upper - close) / close }
        /// How far the close must fall to the lower edge, as a fraction of the close; never below zero.
        public var supportDistance: Double { (close - lower) / close }

        public static let count = 5
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: upper
            case 1: middle
            case 2: lower
            case 3: resistanceDistance
            default: supportDistance
            }
        }
    }

    private var extremes: RollingRange
    public let warmUp: Int

    public init(length: Int) {
        extremes = RollingRange(length)
        warmUp = length
    }

    @inline(__always)
    public mutating func hold() { extremes.hold() }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        extremes.push(high: bar.high, low: bar.low)
        guard extremes.isFull else { return Lines(upper: .nan, lower: .nan, close: bar.close) }
        return Lines(upper: extremes.highest, lower: extremes.lowest, close: bar.close)
    }
}
