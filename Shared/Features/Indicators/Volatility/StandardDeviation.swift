/// Standard deviation of the newest closes, the population's, in the price's unit (TA-Lib's STDDEV).
public struct StandardDeviation: BarIndicator {
    private var moments: RollingMoments

    public init(length: Int) { moments = RollingMoments(length) }

    public var warmUp: Int { moments.length }

    @inline(__always)
    public mutating func hold() { moments.hold() }

    @inline(__always)
    public mutating func update(_ close: Double) -> Double {
        moments.push(close)
        return moments.isFull ? moments.variance.squareRoot() : .nan
    }
}
