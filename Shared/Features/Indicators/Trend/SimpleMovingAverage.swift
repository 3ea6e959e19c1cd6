/// Mean of the newest `length` numbers (SMA).
public struct SimpleMovingAverage: BarIndicator {
    private var sum: RollingSum

    public init(length: Int) { sum = RollingSum(length) }

    public var warmUp: Int { sum.length }

    @inline(__always)
    public mutating func hold() { sum.hold() }

    @inline(__always)
    public mutating func update(_ value: Double) -> Double {
        sum.push(value)
        return sum.mean
    }
}
