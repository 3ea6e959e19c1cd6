/// How far numbers must be moved, on average, to make one sample of another.
public enum WassersteinDistance {
    /// The first Wasserstein distance, in the unit of the numbers: the area between the cumulative shares.
    ///
    /// L. Vaserstein, 1969; also called earth mover's distance.
    ///
    /// - Throws: ``FeaturesError/sample(_:)`` when a sample is empty or has a number that is not finite.
    public static func between(_ first: [Double], _ second: [Double]) throws(FeaturesError) -> Double {
        let (first, second) = (try Sample(first), try Sample(second))
        var (area, height, previous) = (0.0, 0.0, 0.0)
        Sample.walk(first, second) { value, ofFirst, ofSecond in
            // No height before the first value, so that it does not matter what was before.
            area += height * (value - previous)
            height = abs(Double(ofFirst) / Double(first.count) - Double(ofSecond) / Double(second.count))
            previous = value
        }
        return area
    }
}
