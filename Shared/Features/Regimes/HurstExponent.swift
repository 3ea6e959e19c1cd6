#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How a series' spread grows with time: 0.5 for a random walk, above it where moves go on, below where they turn back.
///
/// Each estimate is the slope of a line through the logarithms of a spread at several scales, which are given in steps.
public enum HurstExponent {
    /// By the range of the cumulative sums over the deviation, in chunks beside each other.
    ///
    /// H. Hurst, "Long-Term Storage Capacity of Reservoirs", 1951; B. Mandelbrot and J. Wallis, "Robustness of the Rescaled
    /// Range", 1969; without a correction for short chunks.
    ///
    /// - Parameters:
    ///   - returns: The steps of the series.
    ///   - sizes: Lengths of chunks, each at most as long as `returns`.
    /// - Returns: The exponent; `NaN` where the series does not move.
    public static func rescaledRange(_ returns: [Double], sizes: [Int]) -> Double {
        slope(sizes) { size in
            let ratios = chunks(returns, size).compactMap { chunk in
                let mean = mean(chunk)
                var (sum, low, high, squares) = (0.0, Double.infinity, -Double.infinity, 0.0)
                for value in chunk {
                    sum += value - mean
                    (low, high) = (min(low, sum), max(high, sum))
                    squares += (value - mean) * (value - mean)
                }
                let deviation = (squares / Double(size)).squareRoot()
                return deviation > 0 ? (high - low) / deviation : nil
            }
            return mean(ratios[...])
        }
    }

    /// By the deviation of what the series changes by over each lag.
    ///
    /// - Parameters:
    ///   - levels: The series itself, such as logarithms of prices.
    ///   - lags: Each less than the number of levels.
    /// - Returns: The exponent; `NaN` where the series does not move.
    public static func lagDeviation(_ levels: [Double], lags: [Int]) -> Double {
        slope(lags) { lag in
            let changes = (lag..<levels.count).map { levels[$0] - levels[$0 - lag] }
            let mean = mean(changes[...])
            return (changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(changes.count)).squareRoot()
        }
    }

    /// By what is left of the cumulative sums when a line is taken from each box.
    ///
    /// C. Peng and others, "Mosaic Organization of DNA Nucleotides", Physical Review E, 1994; boxes beside each other.
    ///
    /// - Parameters:
    ///   - returns: The steps of the series.
    ///   - sizes: Lengths of boxes, each at most as long as `returns` and at least 3.
    /// - Returns: The exponent; `NaN` where the series does not move.
    public static func detrendedFluctuation(_ returns: [Double], sizes: [Int]) -> Double {
        let mean = mean(returns[...])
        var sum = 0.0
        let profile = returns.map { value in
            sum += value - mean
            return sum
        }
        return slope(sizes) { size in
            let times = (0..<size).map(Double.init)
            let residuals = chunks(profile, size).map { box in
                let line = line(times, Array(box))
                let squares = zip(times, box).reduce(0) { sum, point in
                    let distance = point.1 - line.intercept - line.slope * point.0
                    return sum + distance * distance
                }
                return squares / Double(size)
            }
            return Self.mean(residuals[...]).squareRoot()
        }
    }

    /// The slope of the logarithm of a spread over that of its scale.
    private static func slope(_ scales: [Int], _ spread: (Int) -> Double) -> Double {
        line(scales.map { log(Double($0)) }, scales.map { log(spread($0)) }).slope
    }

    private static func chunks(_ values: [Double], _ size: Int) -> [ArraySlice<Double>] {
        (0..<values.count / size).map { values[$0 * size..<($0 + 1) * size] }
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }

    /// The line with the least squared distances.
    private static func line(_ x: [Double], _ y: [Double]) -> (intercept: Double, slope: Double) {
        let (meanX, meanY) = (mean(x[...]), mean(y[...]))
        var (products, squares) = (0.0, 0.0)
        for (x, y) in zip(x, y) {
            products += (x - meanX) * (y - meanY)
            squares += (x - meanX) * (x - meanX)
        }
        let slope = products / squares
        return (meanY - slope * meanX, slope)
    }
}
