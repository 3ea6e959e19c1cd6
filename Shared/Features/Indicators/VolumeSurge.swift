/// Volume as a multiple of the mean of the bars before it; 1 when those had none.
public struct VolumeSurge: StreamingIndicator {
    private var before: RollingSum

    /// - Parameter length: Bars of the mean, the current one not among them.
    public init(length: Int) { before = RollingSum(length) }

    public var warmUp: Int { before.length + 1 }

    public mutating func update(_ volume: Double) -> Double {
        let mean = before.mean
        before.push(volume)
        guard !mean.isNaN else { return .nan }
        return mean > 0 ? volume / mean : 1
    }
}
