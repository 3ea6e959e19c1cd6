/// Mean price of the newest bars, each counting the same (TWAP): of a bar the mean of its four prices, or its close.
public struct TimeWeightedPrice: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let ofBars: Double
        public let ofCloses: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? ofBars : ofCloses }
    }

    private var bars: RollingSum
    private var closes: RollingSum

    public init(length: Int) {
        bars = RollingSum(length)
        closes = RollingSum(length)
    }

    public var warmUp: Int { bars.length }

    @inline(__always)
    public mutating func hold() {
        bars.hold()
        closes.hold()
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        bars.push((bar.open + bar.high + bar.low + bar.close) / 4)
        closes.push(bar.close)
        return Lines(ofBars: bars.mean, ofCloses: closes.mean)
    }
}
