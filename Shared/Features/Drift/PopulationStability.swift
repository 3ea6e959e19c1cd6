#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A reference that samples are compared with by the population stability index.
///
/// N. Siddiqi, "Credit Risk Scorecards", 2006: Σ (current − reference) · ln(current ∕ reference) over the shares of bins.
/// Below 0.1 is usually taken for no change, above 0.25 for one that asks for a new model. The bins lie between the
/// reference's quantiles, the outermost without an end; each has its lower edge and not its upper one. It is `Codable`, so
/// that it can be kept with a model.
public struct PopulationStability: Codable, Sendable, Equatable {
    /// Between the bins: ascending, one fewer than bins.
    public let edges: [Double]
    /// The reference's share of each bin, at least ``floor``.
    public let shares: [Double]
    /// What a share is at least: an empty bin would make the index infinite.
    ///
    /// The shares are not divided by their sum again. Where many numbers of the reference are equal, edges coincide; the bins
    /// between them are empty in every sample and add nothing.
    public let floor: Double

    /// - Parameters:
    ///   - reference: In any order.
    ///   - bins: At least 2.
    ///   - floor: What a share is at least, above 0.
    /// - Throws: ``FeaturesError/sample(_:)`` when the reference is empty or has a number that is not finite.
    public init(reference: [Double], bins: Int = 10, floor: Double = 1e-4) throws(FeaturesError) {
        precondition(bins > 1 && floor > 0, "an index needs two bins, and no share of zero")
        let sorted = try Sample(reference).values
        edges = (1..<bins).map { bin in
            // The quantile by linear interpolation, whose place is a whole number and a fraction.
            let (whole, rest) = ((sorted.count - 1) * bin).quotientAndRemainder(dividingBy: bins)
            guard rest > 0 else { return sorted[whole] }
            let part = Double(rest) / Double(bins)
            // In this form equal numbers give exactly that number.
            return sorted[whole] + (sorted[whole + 1] - sorted[whole]) * part
        }
        self.floor = floor
        shares = Self.shares(sorted, edges, floor)
    }

    /// The shares of another sample in the reference's bins, at least ``floor``.
    ///
    /// - Throws: ``FeaturesError/sample(_:)`` when the sample is empty or has a number that is not finite.
    public func shares(of current: [Double]) throws(FeaturesError) -> [Double] {
        Self.shares(try Sample(current).values, edges, floor)
    }

    /// How far another sample is from the reference: 0 when their shares are equal, and more without limit.
    ///
    /// - Throws: ``FeaturesError/sample(_:)`` when the sample is empty or has a number that is not finite.
    public func index(of current: [Double]) throws(FeaturesError) -> Double {
        zip(try shares(of: current), shares).reduce(0) { $0 + ($1.0 - $1.1) * log($1.0 / $1.1) }
    }

    private static func shares(_ sorted: [Double], _ edges: [Double], _ floor: Double) -> [Double] {
        var start = 0
        return (edges + [.infinity]).map { edge in
            let end = sorted[start...].firstIndex { $0 >= edge } ?? sorted.count
            defer { start = end }
            return max(floor, Double(end - start) / Double(sorted.count))
        }
    }
}
