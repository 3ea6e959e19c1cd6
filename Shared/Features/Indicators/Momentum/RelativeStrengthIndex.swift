/// Share of the gains in all movement of the closes, 0…100 (RSI).
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section VI; without any movement it is 0, as in TA-Lib.
public struct RelativeStrengthIndex: BarIndicator {
    private let length: Int
    private var previous: Double?
    private var gain: WilderAverage
    private var loss: WilderAverage

    public init(length: Int) {
        self.length = length
        gain = WilderAverage(length: length)
        loss = WilderAverage(length: length)
    }

    public var warmUp: Int { length + 1 }

    @inline(__always)
    public mutating func update(_ close: Double) -> Double {
        defer { previous = close }
        guard let previous else { return .nan }
        let change = close - previous
        gain.push(larger(change, 0))
        loss.push(larger(-change, 0))
        guard gain.isReady else { return .nan }
        let movement = gain.value + loss.value
        return movement > 1e-14 ? 100 * gain.value / movement : 0
    }
}
