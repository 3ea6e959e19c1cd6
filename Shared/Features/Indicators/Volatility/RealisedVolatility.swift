#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Volatility of the closes, annualised, as a fraction (0.5 = 50 %).
///
/// Sample deviation of the log returns, and beside it the root of their mean square, which takes the mean return for zero.
public struct RealisedVolatility: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let deviation: Double
        public let rootMeanSquare: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? deviation : rootMeanSquare }
    }

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

    @inline(__always)
    public mutating func hold() { returns.hold() }

    @inline(__always)
    public mutating func update(_ close: Double) -> Lines { update(logarithm: log(close)) }

    /// Takes the logarithm of the next close, for whoever has it already.
    @inline(__always)
    mutating func update(logarithm: Double) -> Lines {
        defer { previousLog = logarithm }
        guard let previousLog else { return Lines(deviation: .nan, rootMeanSquare: .nan) }
        returns.push(logarithm - previousLog)
        guard returns.isFull else { return Lines(deviation: .nan, rootMeanSquare: .nan) }
        let square = returns.variance + returns.mean * returns.mean
        return Lines(
            deviation: returns.sampleVariance.squareRoot() * scale,
            rootMeanSquare: square.squareRoot() * scale)
    }
}
