/// Shifts and scales each column to mean 0 and deviation 1, as it was on the rows that it was fitted to.
///
/// A value that is missing (not finite) counts for nothing in the fit and becomes 0, the mean, when scaled.
public struct StandardScaler: Codable, Sendable, Equatable {
    /// The mean of each column.
    public let mean: [Double]
    /// The population standard deviation of each column; 1 where the column does not vary.
    public let deviation: [Double]

    public init(mean: [Double], deviation: [Double]) throws(LearningError) {
        guard mean.count == deviation.count, mean.allSatisfy(\.isFinite),
            deviation.allSatisfy({ $0.isFinite && $0 > 0 })
        else { throw .data("a scaler needs finite means and as many deviations above zero") }
        self.mean = mean
        self.deviation = deviation
    }

    /// Leaves every finite value as it is.
    public init(identity columns: Int) {
        mean = Array(repeating: 0, count: columns)
        deviation = Array(repeating: 1, count: columns)
    }

    /// Learns means and deviations of the rows numbered `rows` of a row-major matrix.
    public init(fitting values: [Float], columns: Int, rows: some Sequence<Int>) {
        var count = [Double](repeating: 0, count: columns)
        var mean = [Double](repeating: 0, count: columns)
        var squares = [Double](repeating: 0, count: columns)
        for row in rows {
            for column in 0..<columns {
                let value = Double(values[row * columns + column])
                guard value.isFinite else { continue }
                // Welford (1962): the sum of squared distances grows without cancellation.
                count[column] += 1
                let distance = value - mean[column]
                mean[column] += distance / count[column]
                squares[column] += distance * (value - mean[column])
            }
        }
        self.mean = mean
        deviation = zip(squares, count).map { squares, count in
            let deviation = count > 0 ? (squares / count).squareRoot() : 0
            return deviation > 0 && deviation.isFinite ? deviation : 1
        }
    }

    /// The scaled values of whole rows, row-major.
    public func callAsFunction(_ values: [Float]) -> [Float] {
        precondition(values.count.isMultiple(of: max(mean.count, 1)), "values must be whole rows")
        var scaled = [Float](repeating: 0, count: values.count)
        var column = 0
        for index in values.indices {
            let value = (Double(values[index]) - mean[column]) / deviation[column]
            if value.isFinite { scaled[index] = Float(value) }
            column = column + 1 == mean.count ? 0 : column + 1
        }
        return scaled
    }
}
