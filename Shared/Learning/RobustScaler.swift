/// Shifts and scales each column by the median and the interquartile range that it had on the rows that it was fitted to.
///
/// Far values, of which markets have many, move neither. The numbers are those of scikit-learn's `RobustScaler`: quartiles by
/// linear interpolation between the order statistics (Hyndman and Fan 1996, type 7), and a range too small to divide by is
/// taken for 1. A value that is missing (`NaN` or infinite) counts for nothing in the fit and becomes 0, the median, when
/// scaled; a column without any other is left as it is. Scaled values have no bound.
public struct RobustScaler: Codable, Sendable, Equatable {
    /// The median of each column, in its unit.
    public let centre: [Double]
    /// The interquartile range of each column, in its unit; 1 where that is next to nothing.
    public let scale: [Double]

    /// - Throws: ``LearningError/data(_:)`` for other than finite centres and as many scales above zero.
    public init(centre: [Double], scale: [Double]) throws(LearningError) {
        guard centre.count == scale.count, centre.allSatisfy(\.isFinite),
            scale.allSatisfy({ $0.isFinite && $0 > 0 })
        else { throw .data("a scaler needs finite centres and as many scales above zero") }
        self.centre = centre
        self.scale = scale
    }

    /// Leaves every finite value as it is.
    public init(identity columns: Int) {
        centre = Array(repeating: 0, count: columns)
        scale = Array(repeating: 1, count: columns)
    }

    /// Learns medians and ranges of the rows numbered `rows` of a row-major matrix.
    public init(fitting values: [Float], columns: Int, rows: some Collection<Int>) {
        var (centre, scale) = ([Double](), [Double]())
        for column in 0..<columns {
            let sorted = rows.lazy.map { Double(values[$0 * columns + column]) }.filter(\.isFinite).sorted()
            let range = Self.quantile(0.75, of: sorted) - Self.quantile(0.25, of: sorted)
            centre.append(Self.quantile(0.5, of: sorted))
            scale.append(range < Self.leastRange ? 1 : range)
        }
        (self.centre, self.scale) = (centre, scale)
    }

    /// Below this a column is taken for constant, its differences for rounding: scikit-learn's ten machine epsilons.
    private static let leastRange = 10 * Double.ulpOfOne

    /// The value below which a share of the sorted values lies; 0 of none.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        guard let last = sorted.last else { return 0 }
        let place = share * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
    }

    /// The scaled values of whole rows, row-major.
    public func callAsFunction(_ values: [Float]) -> [Float] {
        precondition(values.count.isMultiple(of: max(centre.count, 1)), "values must be whole rows")
        var scaled = [Float](repeating: 0, count: values.count)
        var column = 0
        for index in values.indices {
            let value = Float((Double(values[index]) - centre[column]) / scale[column])
            if value.isFinite { scaled[index] = value }
            column = column + 1 == centre.count ? 0 : column + 1
        }
        return scaled
    }
}
