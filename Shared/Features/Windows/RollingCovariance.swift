/// Variances and covariance of the newest pairs of two series.
///
/// Sums are kept of differences to a pair of the window, and taken anew, as in ``RollingMoments``.
struct RollingCovariance: Codable, Sendable, Equatable {
    private var first: RollingWindow
    private var second: RollingWindow
    /// The pair that differences are taken to, and how many have come since.
    private var origin = Sums()
    private var age = 0
    private var sums = Sums()

    /// Of both series; as an origin, of one pair.
    private struct Sums: Codable, Sendable, Equatable {
        var first = 0.0
        var second = 0.0
        var firstSquares = 0.0
        var secondSquares = 0.0
        var products = 0.0

        mutating func add(_ first: Double, _ second: Double, weight: Double) {
            self.first += weight * first
            self.second += weight * second
            firstSquares += weight * first * first
            secondSquares += weight * second * second
            products += weight * first * second
        }
    }

    init(_ length: Int) {
        first = RollingWindow(length)
        second = RollingWindow(length)
    }

    var isFull: Bool { first.isFull }

    mutating func push(_ first: Double, _ second: Double) {
        if self.first.count == 0 { (origin.first, origin.second) = (first, second) }
        sums.add(first - origin.first, second - origin.second, weight: 1)
        let gone = (self.first.push(first), self.second.push(second))
        if gone.0.isThere { sums.add(gone.0.number - origin.first, gone.1.number - origin.second, weight: -1) }
        age += 1
        if age == self.first.length { takeAnew() }
    }

    /// −1…1, and 0 where one of the series does not vary.
    var correlation: Double {
        let count = Double(first.count)
        let firstVariance = sums.firstSquares - sums.first * sums.first / count
        let secondVariance = sums.secondSquares - sums.second * sums.second / count
        let covariance = sums.products - sums.first * sums.second / count
        // What is left of squares of this size by rounding is no variance.
        guard firstVariance > 1e-12 * sums.firstSquares, secondVariance > 1e-12 * sums.secondSquares else { return 0 }
        return max(-1, min(1, covariance / (firstVariance * secondVariance).squareRoot()))
    }

    private mutating func takeAnew() {
        (origin.first, origin.second) = (first.recent(0), second.recent(0))
        (sums, age) = (Sums(), 0)
        for age in 0..<first.count {
            sums.add(first.recent(age) - origin.first, second.recent(age) - origin.second, weight: 1)
        }
    }
}
