/// Change of on-balance volume over some bars, as a fraction of the volume traded in them: −1…1; 0 without volume.
public struct BalanceSlope: BarIndicator {
    private var previousClose: Double?
    private var signed: RollingSum
    private var volume: RollingSum

    public init(length: Int) {
        signed = RollingSum(length)
        volume = RollingSum(length)
    }

    public var warmUp: Int { signed.length + 1 }

    @inline(__always)
    public mutating func hold() {
        signed.hold()
        volume.hold()
    }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        defer { previousClose = bar.close }
        guard let previousClose else { return .nan }
        signed.push(OnBalanceVolume.change(bar, after: previousClose))
        volume.push(bar.volume)
        guard signed.isFull else { return .nan }
        return volume.sum > 0 ? max(-1, min(1, signed.sum / volume.sum)) : 0
    }
}
