/// Mean, deviation and shape of a sample.
public struct Moments: Sendable, Hashable {
    public let count: Int
    /// Zero for an empty sample.
    public let mean: Double
    /// The standard deviation with ddof 1; `nil` for fewer than two values.
    public let deviation: Double?
    /// The biased third standardised moment; `nil` when nothing varies.
    public let skewness: Double?
    /// The biased fourth standardised moment, 3 for a normal distribution; `nil` when nothing varies.
    public let kurtosis: Double?

    public init(_ values: [Double]) {
        count = values.count
        let size = Double(values.count)
        let mean = values.isEmpty ? 0 : values.reduce(0, +) / size
        self.mean = mean
        var (second, third, fourth) = (0.0, 0.0, 0.0)
        for value in values {
            let offset = value - mean
            let square = offset * offset
            second += square
            third += square * offset
            fourth += square * square
        }
        deviation = values.count > 1 ? (second / (size - 1)).squareRoot() : nil
        let variance = second / size
        skewness = second > 0 ? third / size / (variance * variance.squareRoot()) : nil
        kurtosis = second > 0 ? fourth / size / (variance * variance) : nil
    }
}

/// Quantiles of a sample.
public enum Quantile {
    /// The quantile at `share` (0…1) with linear interpolation between order statistics; `nil` for an empty sample.
    ///
    /// Hyndman and Fan (1996), type 7: numpy's default.
    public static func linear(_ values: [Double], _ share: Double) -> Double? {
        precondition((0...1).contains(share), "a share 0…1")
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}
