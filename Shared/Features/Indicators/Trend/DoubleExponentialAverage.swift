/// Twice the exponential average less the average of it, which lags less (DEMA).
///
/// P. Mulloy, "Smoothing Data with Faster Moving Averages", Stocks & Commodities 12:1, 1994.
public struct DoubleExponentialAverage: BarIndicator {
    private var first: ExponentialMovingAverage
    private var second: ExponentialMovingAverage

    public init(length: Int) {
        first = ExponentialMovingAverage(length: length)
        second = first
    }

    public var warmUp: Int { 2 * first.warmUp - 1 }

    @inline(__always)
    public mutating func update(_ value: Double) -> Double {
        let once = first.update(value)
        guard !once.isNaN else { return .nan }
        return 2 * once - second.update(once)
    }
}
