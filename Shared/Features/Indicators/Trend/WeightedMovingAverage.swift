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
    public mutating func update(_ value: Double) -> Double {
        let displaced = window.push(value)
        // Every number's weight falls by one, and the new one comes with the highest.
        weighted += Double(window.count) * value - (displaced == nil ? 0 : sum)
        sum += value - (displaced ?? 0)
        guard window.isFull else { return .nan }
        if window.next == 0 { takeAnew() }
        return weighted / divisor
    }

    /// Once in every round of the window, so that rounding does not gather.
    private mutating func takeAnew() {
        (sum, weighted) = (0, 0)
        var weight = 1.0
        window.forEach { value in
            sum += value
            weighted += weight * value
            weight += 1
        }
    }
}
