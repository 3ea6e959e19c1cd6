/// Mean volume of the newest bars over that of many; 1 where those had none.
public struct VolumeSurge: BarIndicator {
    private var short: RollingSum
    private var long: RollingSum

    public init(short: Int, long: Int) {
        precondition(short < long, "the short window must be shorter")
        self.short = RollingSum(short)
        self.long = RollingSum(long)
    }

    public static func input(of bar: Bar) -> Double { bar.volume }
    public var warmUp: Int { long.length }

    @inline(__always)
    public mutating func hold() {
        short.hold()
        long.hold()
    }

    @inline(__always)
    public mutating func update(_ volume: Double) -> Double {
        short.push(volume)
        long.push(volume)
        guard long.isFull else { return .nan }
        return long.sum > 0 ? short.mean / long.mean : 1
    }
}
