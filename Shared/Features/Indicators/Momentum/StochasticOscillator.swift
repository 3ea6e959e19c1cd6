/// Where the close stands in the range of the newest bars, 0…100, smoothed twice.
///
/// G. Lane, "Lane's Stochastics", 1984; slow form with simple averages; a range of zero gives 0, as in TA-Lib.
public struct StochasticOscillator: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let k: Double
        /// Average of ``k``.
        public let d: Double

        public static let count = 2
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: k
            default: d
            }
        }
    }

    private var extremes: RollingRange
    private var smoothK: SimpleMovingAverage
    private var smoothD: SimpleMovingAverage
    public let warmUp: Int

    /// - Parameters:
    ///   - length: Bars of the range.
    ///   - k: Bars over which the raw value is averaged.
    ///   - d: Bars over which `k` is averaged.
    public init(length: Int, k: Int, d: Int) {
        extremes = RollingRange(length)
        smoothK = SimpleMovingAverage(length: k)
        smoothD = SimpleMovingAverage(length: d)
        warmUp = length + k + d - 2
    }

    @inline(__always)
    public mutating func hold() {
        extremes.hold()
        smoothK.hold()
        smoothD.hold()
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        extremes.push(high: bar.high, low: bar.low)
        guard extremes.isFull else { return Lines(k: .nan, d: .nan) }
        let range = extremes.highest - extremes.lowest
        let k = smoothK.update(range > 0 ? 100 * (bar.close - extremes.lowest) / range : 0)
        guard !k.isNaN else { return Lines(k: .nan, d: .nan) }
        let d = smoothD.update(k)
        return Lines(k: d.isNaN ? .nan : k, d: d)
    }
}
