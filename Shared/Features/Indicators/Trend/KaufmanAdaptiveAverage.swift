/// Average that follows quickly where the price goes one way, and hardly where it goes to and fro (KAMA).
///
/// P. Kaufman, "Smarter Trading", 1995, chapter 7, with the speeds of exponential averages of 2 and 30; it starts from the
/// close before, as in TA-Lib.
public struct KaufmanAdaptiveAverage: BarIndicator {
    private static let fastest = 2.0 / 3
    private static let slowest = 2.0 / 31

    private var closes: RollingWindow
    private var distance: RollingSum
    private var average = 0.0
    private var hasStarted = false

    public init(length: Int) {
        closes = RollingWindow(length)
        distance = RollingSum(length)
    }

    public var warmUp: Int { closes.length + 1 }

    @inline(__always)
    public mutating func hold() {
        closes.hold()
        distance.hold()
    }

    @inline(__always)
    public mutating func update(_ close: Double) -> Double {
        guard closes.count > 0 else {
            closes.push(close)
            return .nan
        }
        let previous = closes.recent(0)
        distance.push(abs(close - previous))
        let start = closes.push(close)
        guard start.isThere else { return .nan }
        if !hasStarted { (average, hasStarted) = (previous, true) }
        let travelled = distance.sum
        let net = abs(close - start.number)
        // Rounding may make the way shorter than the distance between its ends.
        let efficiency = travelled > net ? net / travelled : 1
        let speed = efficiency * (Self.fastest - Self.slowest) + Self.slowest
        average += (close - average) * (speed * speed)
        return average
    }
}
