internal import Schema

/// The same from midnight UTC on: VWAP of the day so far; the typical price until something is traded.
public struct SessionVolumeWeightedPrice: BarIndicator {
    private var day: UnixNanos?
    private var turnover = 0.0
    private var volume = 0.0

    public init() {}

    public var warmUp: Int { 1 }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        let today = Timeframe.day1.openTime(containing: bar.openTime)
        if day != today { (day, turnover, volume) = (today, 0, 0) }
        turnover += bar.typicalPrice * bar.volume
        volume += bar.volume
        return volume > 0 ? turnover / volume : bar.typicalPrice
    }
}
