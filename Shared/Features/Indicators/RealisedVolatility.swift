#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Sample deviation of the log returns of the closes, annualised, as a fraction (0.5 = 50 %).
public struct RealisedVolatility: StreamingIndicator {
    private let scale: Double
    private var previousLog: Double?
    private var returns: RollingMoments

    /// - Parameters:
    ///   - length: Returns in the window.
    ///   - perYear: Bars in a year: `Timeframe.perYear`.
    public init(length: Int, perYear: Double) {
        precondition(length > 1, "a deviation needs two returns")
        scale = perYear.squareRoot()
        returns = RollingMoments(length)
    }

    public var warmUp: Int { returns.length + 1 }

    public mutating func update(_ close: Double) -> Double {
        let logarithm = log(close)
        defer { previousLog = logarithm }
        guard let previousLog else { return .nan }
        returns.push(logarithm - previousLog)
        guard returns.isFull else { return .nan }
        return returns.variance(degreesLost: 1).squareRoot() * scale
    }
}
