/// Mean typical price of the newest bars, weighted by volume (VWAP); the newest typical price where nothing was traded.
///
/// S. Berkowitz, D. Logue and E. Noser, "The Total Cost of Transactions on the NYSE", 1988, with a bar's typical price for
/// its trades.
public struct VolumeWeightedPrice: BarIndicator {
    private var turnover: RollingSum
    private var volume: RollingSum

    public init(length: Int) {
        turnover = RollingSum(length)
        volume = RollingSum(length)
    }

    public var warmUp: Int { volume.length }

    @inline(__always)
    public mutating func hold() {
        turnover.hold()
        volume.hold()
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        turnover.push(bar.typicalPrice * bar.volume)
        volume.push(bar.volume)
        guard volume.isFull else { return .nan }
        return volume.sum > 0 ? turnover.sum / volume.sum : bar.typicalPrice
    }
}
