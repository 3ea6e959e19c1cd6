/// How far the typical price stands from its mean, in 0.015ths of its mean distance from it (CCI).
///
/// D. Lambert, "Commodity Channel Index", Commodities 1980; a market that does not move has 0, as in TA-Lib. The distances
/// are to the newest mean, so a bar costs as many additions as the window has.
public struct CommodityChannelIndex: BarIndicator {
    private var window: RollingWindow

    public init(length: Int) { window = RollingWindow(length) }

    public var warmUp: Int { window.length }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        let price = bar.typicalPrice
        _ = window.push(price)
        guard window.isFull else { return .nan }
        let mean = window.mean
        let distance = window.meanDistance(to: mean)
        return distance > 0 && price != mean ? (price - mean) / (0.015 * distance) : 0
    }
}
