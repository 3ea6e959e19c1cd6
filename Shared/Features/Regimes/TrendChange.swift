#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How long ago a change of the market's mean return was found, and in which direction: a two-sided ``PageHinkley`` test over the log
/// returns in units of their deviation.
///
/// A market that does not move has no change.
public struct TrendChange: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Logarithm of one plus the bars since the last change was found, or since it began to look.
        public let age: Double
        /// 1 where the mean return rose, −1 where it fell, halved with each half-life of the age; 0 before the first change.
        public let change: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? age : change }
    }

    private let halfLife: Double
    private var previousLog: Double?
    private var returns: RollingMoments
    private var test: PageHinkley
    private var bars = 0.0
    private var direction = 0.0

    /// - Parameters:
    ///   - length: Returns in a deviation.
    ///   - tolerance: Deviations that a return may have from the mean without any suspicion: half of the change to be found.
    ///   - threshold: Deviations, summed up, that make a change.
    ///   - halfLife: Bars in which age takes half of a change.
    public init(length: Int, tolerance: Double, threshold: Double, halfLife: Int) {
        precondition(length > 1, "a deviation needs two returns")
        returns = RollingMoments(length)
        test = PageHinkley(tolerance: tolerance, threshold: threshold)
        self.halfLife = Double(halfLife)
    }

    public var warmUp: Int { returns.length + 1 }

    public mutating func update(_ close: Double) -> Lines {
        let logarithm = log(close)
        defer { previousLog = logarithm }
        guard let previousLog else { return Lines(age: .nan, change: .nan) }
        returns.push(logarithm - previousLog)
        guard returns.isFull else { return Lines(age: .nan, change: .nan) }
        let deviation = returns.sampleVariance.squareRoot()
        bars += 1
        if test.update(deviation > 0 ? (logarithm - previousLog) / deviation : 0) == .drift {
            bars = 0
            direction = test.rise > test.fall ? 1 : -1
        }
        return Lines(age: log1p(bars), change: direction * exp2(-bars / halfLife))
    }

    @inline(__always)
    public mutating func hold() { returns.hold() }
}
