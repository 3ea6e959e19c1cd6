/// Mean of the newest `length` numbers, weighted by 1 for the oldest up to `length` for the newest (WMA).
public struct WeightedMovingAverage: BarIndicator {
    private let divisor: Double
    private var window: RollingWindow
    private var sum = 0.0
    private var weighted = 0.0

    public init(length: Int) {
        window = RollingWindow(length)
        divisor = Double(length * (length + 1) / 2)
    }

    public var warmUp: Int { window.length }

    @inline(__always)
    public mutating func hold() { window.hold() }

    @inline(__always)
    public mutating func update(_ value: Double) -> Double {
        let displaced = window.push(value)
        // Every number's weight falls by one, and the new one comes with the highest.
        weighted += Double(window.count) * value - (displaced.isThere ? sum : 0)
        sum += value - displaced.number
        guard window.isFull else { return .nan }
        if displaced.hasReturned { takeAnew() }
        return weighted / divisor
    }

    /// Each time the window returns, so that rounding does not gather.
    @inline(__always)
    private mutating func takeAnew() {
        var (newSum, newWeighted, weight) = (0.0, 0.0, 1.0)
        window.forEach { value in
            newSum += value
            newWeighted += weight * value
            weight += 1
        }
        (sum, weighted) = (newSum, newWeighted)
    }
}
