/// What a probability of up says to a trader.
public struct DirectionSignal: Sendable, Equatable {
    /// −2 (sell) … 2 (buy); full at probabilities of 0.35 and 0.65.
    public let strength: Double
    /// The margin between the two outcomes, 0…1.
    public let confidence: Double

    public init(probability: Double) {
        strength = min(2, max(-2, (probability - 0.5) / 0.15 * 2))
        confidence = abs(2 * probability - 1)
    }
}
