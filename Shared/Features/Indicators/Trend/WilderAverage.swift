/// Average with weight `1 ∕ length` for the newest number, seeded with the mean of the first `length`.
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, page 23.
struct WilderAverage: Codable, Sendable, Equatable {
    private let length: Int
    private let weight: Double
    private var count = 0
    private var average = 0.0

    init(length: Int) {
        precondition(length > 0, "length must be above zero")
        self.length = length
        weight = 1 / Double(length)
    }

    var isReady: Bool { count == length }
    /// The average once it is ready.
    var value: Double { average }

    @inline(__always)
    mutating func push(_ value: Double) {
        if count == length {
            average += (value - average) * weight
        } else {
            count += 1
            average += value
            if count == length { average /= Double(length) }
        }
    }
}
