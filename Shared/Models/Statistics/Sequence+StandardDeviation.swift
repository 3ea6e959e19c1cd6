extension Sequence<Double> {
    /// The root of the mean square distance from the mean; exactly 0 where all are equal, and 0 of none.
    var standardDeviation: Double {
        var (count, origin, sum, squares) = (0.0, 0.0, 0.0, 0.0)
        for value in self {
            // Distances from the first: equal values leave nothing to round.
            if count == 0 { origin = value }
            count += 1
            sum += value - origin
            squares += (value - origin) * (value - origin)
        }
        guard count > 0 else { return 0 }
        return Swift.max(0, squares / count - (sum / count) * (sum / count)).squareRoot()
    }
}
