/// Highest high and lowest low of the newest bars, the current one included, and the close's distance to them.
///
/// R. Donchian's four-week rule, 1960. The edges serve as resistance and support.
public struct DonchianChannel: StreamingIndicator {
    public struct Channel: Sendable, Hashable {
        public let upper: Double
        public let lower: Double
        let close: Double

        public var middle: Double { (upper + lower) / 2 }
        /// How far the close must rise to the upper edge, as a fraction of the close; never below zero.
        public var resistanceDistance: Double { (upper - close) / close }
        /// How far the close must fall to the lower edge, as a fraction of the close; never below zero.
        public var supportDistance: Double { (close - lower) / close }
    }

    private var highest: RollingExtreme
    private var lowest: RollingExtreme
    public let warmUp: Int

    public init(length: Int) {
        highest = .highest(length)
        lowest = .lowest(length)
        warmUp = length
    }

    public mutating func update(_ bar: Bar) -> Channel {
        highest.push(bar.high)
        lowest.push(bar.low)
        guard highest.isFull else { return Channel(upper: .nan, lower: .nan, close: bar.close) }
        return Channel(upper: highest.value, lower: lowest.value, close: bar.close)
    }
}
