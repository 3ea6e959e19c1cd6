/// What quantiles say of a whole distribution.
///
/// Between two quantiles, and beyond the outermost by the slope of the two next to it, the value is linear in the standard
/// normal's quantile: three quantiles of a normal distribution give that distribution back.
struct QuantileForecast {
    /// The standard normal's quantile of each level, and the value there; both rise.
    private let points: [(z: Double, value: Double)]

    /// - Parameters:
    ///   - levels: At least two, rising, each in (0, 1).
    ///   - values: One a level; those that cross are sorted (Chernozhukov, Fernández-Val and Galichon, "Quantile and
    ///     Probability Curves Without Crossing", Econometrica, 2010).
    init(levels: [Double], values: [Double]) {
        precondition(levels.count == values.count && levels.count > 1, "two quantiles at least, and their values")
        points = zip(levels, values.sorted()).map { (StandardNormal.quantile($0), $1) }
    }

    /// The probability of a value above `threshold`.
    func probabilityAbove(_ threshold: Double) -> Double {
        let above = points.firstIndex { $0.value > threshold } ?? points.count
        let upper = min(max(above, 1), points.count - 1)
        let (low, high) = (points[upper - 1], points[upper])
        let slope = (high.value - low.value) / (high.z - low.z)
        // Without any spread the whole mass is at one value.
        guard slope > 0 else { return threshold < low.value ? 1 : threshold > low.value ? 0 : 0.5 }
        return StandardNormal.cumulative(-(low.z + (threshold - low.value) / slope))
    }
}
