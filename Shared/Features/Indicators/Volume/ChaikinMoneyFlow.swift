/// Volume weighted by the place of the close in each bar, as a fraction of the volume of the bars, −1…1 (CMF).
///
/// M. Chaikin; 0 where nothing was traded.
public struct ChaikinMoneyFlow: BarIndicator {
    private var flow: RollingSum
    private var volume: RollingSum

    public init(length: Int) {
        flow = RollingSum(length)
        volume = RollingSum(length)
    }

    public var warmUp: Int { flow.length }

    @inline(__always)
    public mutating func hold() {
        flow.hold()
        volume.hold()
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        flow.push(AccumulationDistribution.flow(bar))
        volume.push(bar.volume)
        guard flow.isFull else { return .nan }
        return volume.sum > 0 ? max(-1, min(1, flow.sum / volume.sum)) : 0
    }
}
