/// Mean and variance of the newest numbers of a series.
///
/// Sums are kept of the differences to one of the window's own numbers, so that large numbers lying close together lose no
/// digits, and equal ones give exactly zero (Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance",
/// 1983). They are taken anew each time the window has gone round, as in ``RollingSum``, so that the number is still in the
/// window, and whenever what is left is small beside what has gone: then its digits would be those of rounding.
struct RollingMoments: Codable, Sendable, Equatable {
    private var window: RollingWindow
    private var origin = 0.0
    private var sum = 0.0
    private var squares = 0.0

    init(_ length: Int) { window = RollingWindow(length) }

    var isFull: Bool { window.isFull }
    var length: Int { window.length }
    var mean: Double { origin + sum / Double(window.count) }

    @inline(__always)
    mutating func push(_ value: Double) {
        if window.count == 0 { origin = value }
        let shifted = value - origin
        var gone = 0.0
        if let displaced = window.push(value) { gone = displaced - origin }
        sum += shifted - gone
        squares += shifted * shifted - gone * gone
        if window.next == 0 || gone * gone > 1e6 * squares { takeAnew() }
    }

    /// The variance over the numbers in the window: with 0 degrees lost the population's, with 1 the sample's.
    func variance(degreesLost: Int) -> Double {
        let count = Double(window.count)
        return max(0, squares - sum * sum / count) / (count - Double(degreesLost))
    }

    /// Sums over the window about its newest number; the spread about a member is never small beside the distance to it.
    private mutating func takeAnew() {
        let newest = window.recent(0)
        var (newSum, newSquares) = (0.0, 0.0)
        window.forEach { value in
            let shifted = value - newest
            newSum += shifted
            newSquares += shifted * shifted
        }
        (origin, sum, squares) = (newest, newSum, newSquares)
    }
}
