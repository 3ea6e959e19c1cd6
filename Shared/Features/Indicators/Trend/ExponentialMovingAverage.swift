/// Average with weights that fall by `1 − 2 ∕ (length + 1)` a step (EMA).
public struct ExponentialMovingAverage: BarIndicator {
    /// What the average begins with.
    public enum Seed: String, Codable, Sendable {
        /// The mean of the first `length` numbers, as in TA-Lib.
        case mean
        /// The first number, as in TradingView's Pine.
        case first
    }

    private let weight: Double
    /// Numbers that the seed takes.
    private let seedLength: Int
    private var count = 0
    private var average = 0.0

    public init(length: Int, seed: Seed = .mean) {
        precondition(length > 0, "length must be above zero")
        weight = 2 / Double(length + 1)
        seedLength = seed == .mean ? length : 1
    }

    public var warmUp: Int { seedLength }
    /// The newest output, `NaN` during the warm-up.
    public var value: Double { count == seedLength ? average : .nan }

    @inline(__always)
    public mutating func update(_ value: Double) -> Double {
        if count == seedLength {
            average += (value - average) * weight
            return average
        }
        count += 1
        average += value
        guard count == seedLength else { return .nan }
        average /= Double(seedLength)
        return average
    }
}
