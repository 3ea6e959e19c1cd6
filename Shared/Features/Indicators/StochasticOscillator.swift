/// Where the close stands in the range of the newest bars, 0…100, smoothed twice.
///
/// G. Lane, "Lane's Stochastics", 1984; slow form with simple averages; a range of zero gives 0, as in TA-Lib.
public struct StochasticOscillator: StreamingIndicator {
    public struct Lines: Sendable, Hashable {
        public let k: Double
        /// Average of ``k``.
        public let d: Double
    }

    private var highest: RollingExtreme
    private var lowest: RollingExtreme
    private var smoothK: SimpleMovingAverage
    private var smoothD: SimpleMovingAverage
    public let warmUp: Int

    /// - Parameters:
    ///   - length: Bars of the range.
    ///   - k: Bars over which the raw value is averaged.
    ///   - d: Bars over which `k` is averaged.
    public init(length: Int, k: Int, d: Int) {
        highest = .highest(length)
        lowest = .lowest(length)
        smoothK = SimpleMovingAverage(length: k)
        smoothD = SimpleMovingAverage(length: d)
        warmUp = length + k + d - 2
    }

    public mutating func update(_ bar: Bar) -> Lines {
        highest.push(bar.high)
        lowest.push(bar.low)
        guard highest.isFull else { return Lines(k: .nan, d: .nan) }
        let range = highest.value - lowest.value
        let k = smoothK.update(range > 0 ? 100 * (bar.close - lowest.value) / range : 0)
        guard !k.isNaN else { return Lines(k: .nan, d: .nan) }
        let d = smoothD.update(k)
        return Lines(k: d.isNaN ? .nan : k, d: d)
    }
}
