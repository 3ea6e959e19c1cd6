/// Mean volume of the newest bars, in base currency.
public struct VolumeAverage: BarIndicator {
    private var sum: RollingSum

    public init(length: Int) { sum = RollingSum(length) }

    public static func input(of bar: Bar) -> Double { bar.volume }
    public var warmUp: Int { sum.length }

    @inline(__always)
    public mutating func hold() { sum.hold() }

    @inline(__always)
    public mutating func update(_ volume: Double) -> Double {
        sum.push(volume)
        return sum.mean
    }
}
