internal import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Random numbers of the distributions that a market needs, from a seeded generator.
///
/// Every call draws a fixed number of times from the generator, or, for ``normal()``, twice for two numbers.
struct RandomNumbers: Codable, Sendable, Equatable {
    private var generator: SplitMix64
    private var spare: Double?

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    /// Evenly distributed in 0..<1.
    mutating func uniform() -> Double { Double(generator.next() >> 11) / 9_007_199_254_740_992 }

    /// Standard normal; Box and Muller, Annals of Mathematical Statistics 29, 1958.
    mutating func normal() -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    /// The factor by which a normal number becomes a Student's t number with variance 1.
    ///
    /// It is √((ν − 2) ∕ χ²) with a χ² number of ν degrees of freedom; ν must be even, and above 2.
    mutating func studentScale(degreesOfFreedom: Int) -> Double {
        precondition(degreesOfFreedom > 2 && degreesOfFreedom % 2 == 0, "degrees of freedom must be even and above 2")
        var chiSquare = 0.0
        for _ in 0..<degreesOfFreedom / 2 { chiSquare -= 2 * log(1 - uniform()) }
        // Both draws at exactly zero would divide by zero.
        return (Double(degreesOfFreedom - 2) / max(chiSquare, 1e-9)).squareRoot()
    }
}
