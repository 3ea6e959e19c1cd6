/// Share of the buying pressure in the true range, over three lengths of time, the shortest weighing most, 0…100.
///
/// L. Williams, "The Ultimate Oscillator", Stocks & Commodities 3:4, 1985. Where nothing moved over a length, it adds 0, as
/// in TA-Lib.
public struct UltimateOscillator: BarIndicator {
    private var previousClose: Double?
    private var pressure: NestedSums
    private var range: NestedSums

    public init(short: Int, middle: Int, long: Int) {
        pressure = NestedSums(short, middle, long)
        range = pressure
    }

    public var warmUp: Int { range.length + 1 }

    @inline(__always)
    public mutating func hold() {
        pressure.hold()
        range.hold()
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        defer { previousClose = bar.close }
        guard let previousClose else { return .nan }
        pressure.push(bar.close - smaller(bar.low, previousClose))
        range.push(bar.trueRange(after: previousClose))
        guard range.isFull else { return .nan }
        func share(_ pressure: Double, _ range: Double) -> Double { range > 0 ? pressure / range : 0 }
        let sum =
            4 * share(pressure.short, range.short) + 2 * share(pressure.middle, range.middle)
            + share(pressure.long, range.long)
        return 100 * sum / 7
    }
}
