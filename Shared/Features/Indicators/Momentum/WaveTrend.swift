/// Distance of the typical price from its average in units of its mean distance, and averages of that (WaveTrend).
///
/// LazyBear, "WaveTrend Oscillator", TradingView script 2KE8wTuF. Where the price has not moved yet there is no unit: until
/// it does, the lines are 0 once they are due.
public struct WaveTrend: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// The distance itself.
        public let channel: Double
        /// Its exponential average, wt1.
        public let fast: Double
        /// A short simple average of that, wt2.
        public let slow: Double

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: channel
            case 1: fast
            default: slow
            }
        }
    }

    private var count = 0
    private var average: ExponentialMovingAverage
    private var distance: ExponentialMovingAverage
    private var fast: ExponentialMovingAverage
    private var slow: SimpleMovingAverage
    private let lengths: [Int]

    /// - Parameters:
    ///   - channel: Bars of the price's average, and of its mean distance.
    ///   - average: Values over which the distance is averaged.
    ///   - signal: Values over which that is averaged again.
    ///   - seed: What the averages begin with; the script's own is the first number.
    public init(channel: Int, average: Int, signal: Int, seed: ExponentialMovingAverage.Seed = .first) {
        self.average = ExponentialMovingAverage(length: channel, seed: seed)
        distance = self.average
        fast = ExponentialMovingAverage(length: average, seed: seed)
        slow = SimpleMovingAverage(length: signal)
        // The first bar lies on its own average, so there is no distance before the second.
        let first = seed == .first ? 2 : 2 * channel - 1
        let smoothed = first + (seed == .first ? 0 : average - 1)
        lengths = [first, smoothed, smoothed + signal - 1]
    }

    public var warmUp: Int { lengths[2] }
    public func warmUp(ofLine line: Int) -> Int { lengths[line] }

    @inline(__always)
    public mutating func hold() { slow.hold() }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        if count < lengths[2] { count += 1 }
        let price = bar.typicalPrice
        let mean = average.update(price)
        guard !mean.isNaN else { return lines(.nan, .nan, .nan) }
        let unit = distance.update(abs(price - mean))
        guard !unit.isNaN, unit > 0 else { return lines(.nan, fast.value, .nan) }
        let channel = (price - mean) / (0.015 * unit)
        let smoothed = fast.update(channel)
        let twice = smoothed.isNaN ? Double.nan : slow.update(smoothed)
        return lines(channel, smoothed, twice)
    }

    /// The lines, with zeros for those that are due and not there.
    private func lines(_ channel: Double, _ fast: Double, _ slow: Double) -> Lines {
        func due(_ value: Double, _ line: Int) -> Double { value.isNaN && count >= lengths[line] ? 0 : value }
        return Lines(channel: due(channel, 0), fast: due(fast, 1), slow: due(slow, 2))
    }
}
