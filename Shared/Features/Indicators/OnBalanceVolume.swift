/// Volume counted up when the close rises and down when it falls (OBV), and its slope.
///
/// J. Granville, "New Key to Stock Market Profits", 1963; the first bar counts up, as in TA-Lib.
public struct OnBalanceVolume: StreamingIndicator {
    public struct Lines: Sendable, Hashable {
        /// Running total in base currency.
        public let total: Double
        /// The total's change over the slope's bars, as a fraction of the volume traded in them: −1…1; 0 without volume.
        public let slope: Double
    }

    private var previousClose: Double?
    private var total = 0.0
    private var signed: RollingSum
    private var volume: RollingSum

    /// - Parameter slope: Bars over which the slope is taken.
    public init(slope: Int) {
        signed = RollingSum(slope)
        volume = RollingSum(slope)
    }

    public var warmUp: Int { signed.length + 1 }

    public mutating func update(_ bar: Bar) -> Lines {
        defer { previousClose = bar.close }
        guard let previousClose else {
            total = bar.volume
            return Lines(total: total, slope: .nan)
        }
        let change = bar.close > previousClose ? bar.volume : bar.close < previousClose ? -bar.volume : 0
        total += change
        signed.push(change)
        volume.push(bar.volume)
        guard signed.isFull else { return Lines(total: total, slope: .nan) }
        let slope = volume.sum > 0 ? max(-1, min(1, signed.sum / volume.sum)) : 0
        return Lines(total: total, slope: slope)
    }
}
