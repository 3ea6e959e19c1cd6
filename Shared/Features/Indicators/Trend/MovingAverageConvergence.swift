/// Difference of a fast and a slow exponential average, and that difference's own average (MACD).
///
/// G. Appel, "Technical Analysis", 2005, chapter 8. As in TA-Lib, both averages end their seeds at the same bar, and all
/// three lines begin with the signal.
public struct MovingAverageConvergence: BarIndicator {
    /// The three lines, in the price's unit.
    public struct Lines: IndicatorLines, Hashable {
        /// Fast average minus slow average.
        public let difference: Double
        /// Average of the difference.
        public let signal: Double
        /// Difference minus signal.
        public var histogram: Double { difference - signal }

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: difference
            case 1: signal
            default: histogram
            }
        }
    }

    private let lead: Int
    private var count = 0
    private var fast: ExponentialMovingAverage
    private var slow: ExponentialMovingAverage
    private var signal: ExponentialMovingAverage
    public let warmUp: Int

    public init(fast: Int, slow: Int, signal: Int) {
        precondition(fast < slow, "the fast average must be shorter")
        lead = slow - fast
        self.fast = ExponentialMovingAverage(length: fast)
        self.slow = ExponentialMovingAverage(length: slow)
        self.signal = ExponentialMovingAverage(length: signal)
        warmUp = slow + signal - 1
    }

    @inline(__always)
    public mutating func update(_ close: Double) -> Lines {
        let slowValue = slow.update(close)
        if count < lead {
            count += 1
            return Lines(difference: .nan, signal: .nan)
        }
        let difference = fast.update(close) - slowValue
        guard !difference.isNaN else { return Lines(difference: .nan, signal: .nan) }
        let average = signal.update(difference)
        return Lines(difference: average.isNaN ? .nan : difference, signal: average)
    }
}
