/// Mean and variance of the newest numbers of a series.
///
/// Sums are kept of the differences to one of the window's own numbers, so that large numbers lying close together lose no
/// digits, and equal ones give exactly zero (Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance",
/// 1983). They are taken anew before that number leaves the window, so that rounding does not gather either, and whenever
/// what is left is small beside what has gone: then its digits would be those of rounding.
struct RollingMoments: Codable, Sendable, Equatable {
    private var window: RollingWindow
    /// One by the length.
    private let weight: Double
    /// The number that differences are taken to, and how many have come since.
    private var origin = 0.0
    private var age = 0
    private var sum = 0.0
    private var squares = 0.0

    init(_ length: Int) {
        window = RollingWindow(length)
        weight = 1 / Double(length)
    }

    var isFull: Bool { window.isFull }
    var length: Int { window.length }
    /// The mean of a full window.
    var mean: Double { origin + sum * weight }
    /// The variance of a full window's numbers as a population.
    var variance: Double { larger(squares - sum * sum * weight, 0) * weight }
    /// The variance of what a full window's numbers are a sample of; there must be two.
    var sampleVariance: Double { larger(squares - sum * sum * weight, 0) / Double(length - 1) }

    @inline(__always)
    mutating func push(_ value: Double) {
        if window.count == 0 { origin = value }
        let shifted = value - origin
        var gone = 0.0
        let displaced = window.push(value)
        if displaced.isThere { gone = displaced.number - origin }
        sum += shifted - gone
        squares += shifted * shifted - gone * gone
        age += 1
        if age == window.length || gone * gone > 1e6 * squares { takeAnew(about: value) }
    }

    /// The distances of the numbers to their mean, in sum.
    @inline(__always)
    var distances: Double { window.distances(to: mean) }

    /// Sums over the window about its newest number; the spread about a member is never small beside the distance to it.
    @inline(__always)
    private mutating func takeAnew(about newest: Double) {
        var (newSum, newSquares) = (0.0, 0.0)
        window.forEach { value in
            let shifted = value - newest
            newSum += shifted
            newSquares += shifted * shifted
        }
        (origin, age, sum, squares) = (newest, 0, newSum, newSquares)
    }

    @inline(__always)
    mutating func hold() { window.hold() }
}
