/// Share of the gains in all movement of the closes, 0…100 (RSI).
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section VI; without any movement it is 0, as in TA-Lib.
public struct RelativeStrengthIndex: BarIndicator {
    private let length: Int
    private var previous: Double?
    /// Averages of the gains less the losses, and of both.
    private var net: WilderAverage
    private var movement: WilderAverage

    public init(length: Int) {
        self.length = length
        net = WilderAverage(length: length)
        movement = WilderAverage(length: length)
    }

    public var warmUp: Int { length + 1 }

    @inline(__always)
    public mutating func update(_ close: Double) -> Double {
        defer { previous = close }
        guard let previous else { return .nan }
        let change = close - previous
        net.push(change)
        movement.push(abs(change))
        guard movement.isReady else { return .nan }
        return movement.value > 1e-14 ? 50 * (1 + net.value / movement.value) : 0
    }
}
