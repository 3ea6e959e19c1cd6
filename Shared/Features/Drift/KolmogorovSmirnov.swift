/// Whether two samples are drawn from one distribution, by the greatest distance of their cumulative shares.
///
/// N. Smirnov, "Table for Estimating the Goodness of Fit of Empirical Distributions", 1948. Two-sided.
public struct KolmogorovSmirnov: Sendable, Equatable {
    private let firstCount: Int
    private let secondCount: Int
    /// The greatest distance, in units of one over the product of the counts: whole, so that nothing is rounded.
    private let distance: Int

    /// - Throws: ``FeaturesError/sample(_:)`` when a sample is empty or has a number that is not finite.
    public init(_ first: [Double], _ second: [Double]) throws(FeaturesError) {
        let (first, second) = (try Sample(first), try Sample(second))
        var greatest = 0
        Sample.walk(first, second) { _, ofFirst, ofSecond in
            greatest = max(greatest, abs(ofFirst * second.count - ofSecond * first.count))
        }
        (firstCount, secondCount) = (first.count, second.count)
        distance = greatest
    }

    /// The greatest distance of the cumulative shares, 0…1.
    public var statistic: Double { Double(distance) / (Double(firstCount) * Double(secondCount)) }

    /// The probability of at least this distance when both samples have one continuous distribution.
    ///
    /// All orders in which the samples can be mixed are then equally likely. Of the paths through them, those that reach the
    /// distance are followed by their share (J. Hodges, "The Significance Probability of the Smirnov Two-Sample Test", 1958),
    /// which only adds and so keeps its digits for the least of probabilities. Time in proportion to the product of the
    /// counts; where the samples have equal numbers, it is an upper bound.
    public var exactProbability: Double {
        guard distance > 0 else { return 1 }
        let (rows, columns) = (max(firstCount, secondCount), min(firstCount, secondCount))
        // For each number taken of the smaller sample, the share of the paths to here that have reached the distance.
        var shares = Array(repeating: 0.0, count: columns + 1)
        for row in 0...rows {
            for column in 0...columns {
                if abs(row * columns - column * rows) >= distance {
                    shares[column] = 1
                } else if row + column > 0 {
                    let before = column > 0 ? shares[column - 1] * Double(column) : 0
                    shares[column] = (shares[column] * Double(row) + before) / Double(row + column)
                }
            }
        }
        return shares[columns]
    }

    /// The same, approximately: as if one sample of half the harmonic mean of the counts were compared with a known
    /// distribution.
    ///
    /// For large samples, at a cost that does not grow with them. As in SciPy 1.17, whose `asymp` it equals.
    public var approximateProbability: Double {
        let (first, second) = (Double(firstCount), Double(secondCount))
        let effective = (first * second / (first + second)).rounded(.toNearestOrEven)
        return KolmogorovDistribution.exceedance(statistic, count: max(1, Int(effective)))
    }

    /// The exact probability for samples of up to 10,000 numbers, the approximate one for larger ones.
    public var probability: Double {
        max(firstCount, secondCount) <= 10_000 ? exactProbability : approximateProbability
    }
}
