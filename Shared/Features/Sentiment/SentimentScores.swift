/// How a text sounds.
public struct SentimentScores: Sendable, Hashable {
    /// The share of the text that sounds bad, 0…1; the three shares add up to 1, or are all 0 in a text without words.
    public let negative: Double
    /// The share that sounds neither, 0…1.
    public let neutral: Double
    /// The share that sounds good, 0…1.
    public let positive: Double
    /// All of it in one number, −1…1: 0 is neutral, and 0.05 either way is where VADER's authors draw the line.
    public let compound: Double
}
