#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A normal distribution over one or several dimensions.
public struct NormalDistribution: Codable, Sendable, Equatable {
    public let mean: [Double]
    /// The Cholesky factor of the covariance: lower triangular, shape `[dimensions, dimensions]`.
    private let factor: [[Double]]
    private let logNormaliser: Double

    /// Of independent dimensions.
    ///
    /// - Throws: ``FeaturesError/state(_:)`` when there are not as many variances above zero as means.
    public init(mean: [Double], variances: [Double]) throws(FeaturesError) {
        var covariance = variances.map { _ in Array(repeating: 0.0, count: variances.count) }
        for index in variances.indices { covariance[index][index] = variances[index] }
        try self.init(mean: mean, covariance: covariance)
    }

    /// - Throws: ``FeaturesError/state(_:)`` when the covariance is not a positive definite matrix that fits the mean.
    public init(mean: [Double], covariance: [[Double]]) throws(FeaturesError) {
        guard covariance.count == mean.count, covariance.allSatisfy({ $0.count == mean.count }) else {
            throw .state("a covariance of \(covariance.count) dimensions for \(mean.count) means")
        }
        var factor = covariance.map { $0.map { _ in 0.0 } }
        for row in mean.indices {
            for column in 0...row {
                var rest = covariance[row][column]
                for inner in 0..<column { rest -= factor[row][inner] * factor[column][inner] }
                guard column < row || rest > 0, rest.isFinite else {
                    throw .state("the covariance is not positive definite")
                }
                factor[row][column] = column < row ? rest / factor[column][column] : rest.squareRoot()
            }
        }
        self.mean = mean
        self.factor = factor
        logNormaliser =
            -0.5 * Double(mean.count) * log(2 * .pi) - factor.indices.reduce(0) { $0 + log(factor[$1][$1]) }
    }

    /// The variance of each dimension.
    public var variances: [Double] { factor.map { $0.reduce(0) { $0 + $1 * $1 } } }

    /// Logarithm of the density at a point.
    public func logDensity(_ point: [Double]) -> Double {
        var solved: [Double] = []
        var squares = 0.0
        for row in mean.indices {
            var rest = point[row] - mean[row]
            for column in 0..<row { rest -= factor[row][column] * solved[column] }
            let value = rest / factor[row][row]
            solved.append(value)
            squares += value * value
        }
        return logNormaliser - 0.5 * squares
    }
}
