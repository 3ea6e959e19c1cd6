/// How far the typical price stands from its mean, in 0.015ths of its mean distance from it (CCI).
///
/// D. Lambert, "Commodity Channel Index", Commodities 1980; a market that does not move has 0, as in TA-Lib. The distances
/// are to the newest mean, so a bar costs as many additions as the window has.
public struct CommodityChannelIndex: BarIndicator {
    private var prices: RollingMoments

    public init(length: Int) { prices = RollingMoments(length) }

    public var warmUp: Int { prices.length }

    @inline(__always)
    public mutating func hold() { prices.hold() }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        let price = bar.typicalPrice
        prices.push(price)
        guard prices.isFull else { return .nan }
        let distances = prices.distances
        return distances > 0 ? (price - prices.mean) * Double(prices.length) / (0.015 * distances) : 0
    }
}
