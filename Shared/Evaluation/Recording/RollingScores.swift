/// The last scores of one series of predictions.
struct RollingScores: Codable, Sendable, Equatable {
    /// The longest window.
    static let capacity = 150

    let label: String
    /// Whether each call named the outcome, oldest first; a probability of one half is no call.
    private var calls: [Bool] = []
    /// The square of probability minus outcome, oldest first.
    private var squares: [Double] = []
    /// Scored since the last watermark.
    var isChanged = false

    init(label: String) { self.label = label }

    mutating func add(probability: Double, isUp: Bool) {
        let error = probability - (isUp ? 1 : 0)
        squares.append(error * error)
        if squares.count > Self.capacity { squares.removeFirst() }
        if probability != 0.5 {
            calls.append((probability > 0.5) == isUp)
            if calls.count > Self.capacity { calls.removeFirst() }
        }
        isChanged = true
    }

    /// The share of the last `window` calls that named the outcome; `nil` before there are as many.
    func accuracy(_ window: Int) -> Double? {
        guard calls.count >= window else { return nil }
        return Double(calls.suffix(window).count { $0 }) / Double(window)
    }

    /// The mean square error of the last `window` predictions; `nil` before there are as many.
    func brier(_ window: Int) -> Double? {
        guard squares.count >= window else { return nil }
        return squares.suffix(window).reduce(0, +) / Double(window)
    }
}
