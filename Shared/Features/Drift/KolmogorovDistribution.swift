#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How far the cumulative shares of a sample get from the distribution that it is drawn from.
///
/// R. Simard and P. L'Ecuyer, "Computing the Two-Sided Kolmogorov-Smirnov Distribution", Journal of Statistical Software,
/// 2011, who choose among the formulas below by where each is precise.
enum KolmogorovDistribution {
    /// The probability that the greatest distance is at least `distance`, for `count` numbers.
    static func exceedance(_ distance: Double, count: Int) -> Double {
        let count = Double(count)
        if distance >= 1 { return 0 }
        if distance * count <= 0.5 { return 1 }
        let scaled = count * distance * distance
        // Both sides cannot be that far at once, or will hardly be.
        if distance >= 0.5 || scaled >= (count <= 140 ? 4 : 2.2) { return min(1, 2 * oneSided(distance, count)) }
        return min(1, max(0, 1 - (count <= 140 ? matrix(distance, count) : series(distance, count))))
    }

    /// The probability that the shares get that far above the distribution.
    ///
    /// Z. Birnbaum and F. Tingey, "One-Sided Confidence Contours for Probability Distribution Functions", 1951. All terms add.
    private static func oneSided(_ distance: Double, _ count: Double) -> Double {
        var (sum, logBinomial, index) = (0.0, 0.0, 0.0)
        while index <= count * (1 - distance) {
            let below = distance + index / count
            // Where nothing is left above, the term is zero: the logarithm of zero times its power would be undefined.
            let above = max(1 - below, .leastNormalMagnitude)
            sum += exp(logBinomial + (index - 1) * log(below) + (count - index) * log(above))
            logBinomial += log((count - index) / (index + 1))
            index += 1
        }
        return distance * sum
    }

    /// The probability of less than `distance`, exactly, for few numbers.
    ///
    /// G. Marsaglia, W. Tsang and J. Wang, "Evaluating Kolmogorov's Distribution", Journal of Statistical Software, 2003.
    private static func matrix(_ distance: Double, _ count: Double) -> Double {
        let half = Int((count * distance).rounded(.up))
        let rest = Double(half) - count * distance
        let size = 2 * half - 1
        var step = SquareMatrix(size)
        for row in 0..<size {
            for column in 0...min(row + 1, size - 1) where row - column + 1 >= 0 {
                step[row, column] = 1
            }
        }
        for index in 0..<size {
            let power = pow(rest, Double(index + 1))
            step[index, 0] -= power
            step[size - 1, size - 1 - index] -= power
        }
        // Taken away twice there; where the rest is above a half, both sides overlap.
        step[size - 1, 0] += 2 * rest > 1 ? pow(2 * rest - 1, Double(size)) : 0
        for row in 0..<size {
            for column in 0...min(row + 1, size - 1) {
                step[row, column] /= tgamma(Double(row - column + 2))
            }
        }
        // count! ∕ countᶜᵒᵘⁿᵗ, a factor to each multiplication, so that no number becomes too large or too small.
        var vector = Array(repeating: 0.0, count: size)
        vector[half - 1] = 1
        for index in 0..<Int(count) {
            vector = step.applied(to: vector).map { $0 * Double(index + 1) / count }
        }
        return vector[half - 1]
    }

    /// The probability of less than `distance` by a series in the root of `count`, for many numbers.
    ///
    /// W. Pelz and I. Good, "Approximating the Lower Tail-Areas of the Kolmogorov-Smirnov One-Sample Statistic", 1976.
    private static func series(_ distance: Double, _ count: Double) -> Double {
        let z = count.squareRoot() * distance
        let (z2, z4) = (z * z, z * z * z * z)
        let z6 = z2 * z4
        var sums = SIMD4<Double>.zero
        var (second, third) = (0.0, 0.0)
        for index in (0..<12).map(Double.init) {
            let odd = .pi * .pi * (index + 0.5) * (index + 0.5)
            let first = 6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * odd + (1 - 2 * z2) * odd * odd
            let cubic =
                (5 - 30 * z2) * odd * odd * odd + (212 * z4 - 60 * z2) * odd * odd + (135 * z4 - 96 * z6) * odd
                - 30 * z6 - 90 * z4 * z4
            sums += exp(-odd / (2 * z2)) * SIMD4(1, odd - z2, first, cubic)
            let even = .pi * .pi * (index + 1) * (index + 1)
            second += exp(-even / (2 * z2)) * even
            third += exp(-even / (2 * z2)) * even * (3 * z2 - even)
        }
        let terms = SIMD4(
            sums[0] / z, sums[1] / (6 * z4), sums[2] / (72 * z6 * z) - second / (36 * z2 * z),
            sums[3] / (6480 * z6 * z4) + third / (216 * z6))
        let root = count.squareRoot()
        return (2 * Double.pi).squareRoot() * (terms / SIMD4(1, root, count, count * root)).sum()
    }
}
