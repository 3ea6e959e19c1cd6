#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How long ago a change of the market's volatility was found, and how large it was: an ``AdaptiveWindow`` over the absolute log returns.
///
/// Returns are told in units of the mean absolute one since the change before, at first that of `length` bars, so that the
/// price's and the timeframe's size do not matter. One counts ten times the usual at most: a single outlier is no change, and
/// would hide those that follow.
public struct VolatilityChange: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Logarithm of one plus the bars since the last change was found, or since it began to look.
        public let age: Double
        /// (after − before) ∕ (after + before), of the mean absolute returns about the last change: −1…1; 0 before the first.
        public let change: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? age : change }
    }

    private static let most = 10.0

    private let length: Int
    private var previousLog: Double?
    /// Returns that the first scale is taken from.
    private var scaled = 0
    /// The usual absolute return; 0 where nothing has moved.
    private var scale = 0.0
    private var window: AdaptiveWindow
    private var bars = 0.0
    private var change = 0.0

    /// - Parameters:
    ///   - length: Returns that the first scale is taken from.
    ///   - interval: Bars from one test to the next.
    public init(length: Int, interval: Int) {
        precondition(length > 0, "a mean needs a return")
        self.length = length
        window = AdaptiveWindow(interval: interval)
    }

    public var warmUp: Int { length + 1 }

    public mutating func update(_ close: Double) -> Lines {
        let logarithm = log(close)
        defer { previousLog = logarithm }
        guard let previousLog else { return Lines(age: .nan, change: .nan) }
        let move = abs(logarithm - previousLog)
        if scaled < length {
            scaled += 1
            scale += (move - scale) / Double(scaled)
            guard scaled == length else { return Lines(age: .nan, change: .nan) }
        } else {
            watch(move)
        }
        return Lines(age: log1p(bars), change: change)
    }

    private mutating func watch(_ move: Double) {
        bars += 1
        // After a market that stood still, the first move is the scale.
        if scale == 0 { scale = move }
        _ = window.update(scale > 0 ? min(move / scale, Self.most) : 0)
        guard let found = window.change else { return }
        bars = 0
        // Means of numbers that are not negative, though rounding may make them so.
        let (before, after) = (max(0, found.before), max(0, found.after))
        change = (after - before) / (after + before)
        scale *= after
    }
}
