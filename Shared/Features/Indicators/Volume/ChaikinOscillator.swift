/// Fast less slow exponential average of the accumulation/distribution line, in base currency (ADOSC).
///
/// M. Chaikin; both averages begin with the line's first value, as in TA-Lib.
public struct ChaikinOscillator: BarIndicator {
    private var line = AccumulationDistribution()
    private var fast: ExponentialMovingAverage
    private var slow: ExponentialMovingAverage
    private var count = 0
    public let warmUp: Int

    public init(fast: Int, slow: Int) {
        precondition(fast < slow, "the fast average must be shorter")
        self.fast = ExponentialMovingAverage(length: fast, seed: .first)
        self.slow = ExponentialMovingAverage(length: slow, seed: .first)
        warmUp = slow
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        let value = line.update(bar)
        let difference = fast.update(value) - slow.update(value)
        if count < warmUp { count += 1 }
        return count == warmUp ? difference : .nan
    }
}
