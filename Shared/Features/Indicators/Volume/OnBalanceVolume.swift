/// Volume counted up when the close rises and down when it falls, in base currency (OBV).
///
/// J. Granville, "New Key to Stock Market Profits", 1963; the first bar counts up, as in TA-Lib.
public struct OnBalanceVolume: BarIndicator {
    private var previousClose: Double?
    private var total = 0.0

    public init() {}

    public var warmUp: Int { 1 }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        total += Self.change(bar, after: previousClose ?? 0)
        previousClose = bar.close
        return total
    }

    /// What a bar adds; the first one's volume in full, since every price is above zero.
    @inline(__always)
    static func change(_ bar: Bar, after previousClose: Double) -> Double {
        let change = bar.close - previousClose
        return change == 0 ? 0 : Double(signOf: change, magnitudeOf: bar.volume)
    }
}
