/// Average with weights that fall by `1 − 2 ∕ (length + 1)` a step (EMA).
///
/// Seeded with the mean of the first `length` numbers, as in TA-Lib.
public struct ExponentialMovingAverage: StreamingIndicator {
    private let length: Int
    private let weight: Double
    private var count = 0
    private var seed = 0.0
    private var average = 0.0

    public init(length: Int) {
        precondition(length > 0, "length must be above zero")
        self.length = length
        weight = 2 / Double(length + 1)
    }

    public var warmUp: Int { length }
    /// The newest output, `NaN` during the warm-up.
    public var value: Double { count >= length ? average : .nan }

    public mutating func update(_ value: Double) -> Double {
        if count >= length {
            average += (value - average) * weight
            return average
        }
        count += 1
        seed += value
        guard count == length else { return .nan }
        average = seed / Double(length)
        return average
    }
}
