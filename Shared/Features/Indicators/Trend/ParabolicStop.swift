/// A stop that follows a trend faster the longer it lasts, and turns when it is hit (parabolic SAR), in the price's unit.
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section II. The first direction is that of the greater
/// movement between the first two bars, up where they are equal, as in TA-Lib.
public struct ParabolicStop: BarIndicator {
    private struct Range: Codable, Sendable, Equatable {
        let high: Double
        let low: Double

        /// What the range is in a mirror at zero.
        var mirrored: Range { Range(high: -low, low: -high) }
    }

    private let acceleration: Double
    private let limit: Double
    private var previous: Range?
    private var hasStarted = false
    /// While the trend falls, the prices below are those of a mirror at zero, in which it rises.
    private var isLong = true
    private var stop = 0.0
    /// The highest high of the rise so far.
    private var extreme = 0.0
    private var factor = 0.0

    /// - Parameters:
    ///   - acceleration: What each new extreme adds to the factor by which the stop approaches it.
    ///   - limit: The highest factor.
    public init(acceleration: Double, limit: Double) {
        self.acceleration = acceleration
        self.limit = limit
    }

    public var warmUp: Int { 2 }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        let range = Range(high: bar.high, low: bar.low)
        defer { previous = range }
        guard var previous else { return .nan }
        if !hasStarted {
            start(range, after: previous)
            previous = range
        }
        guard isLong else { return -advance(range.mirrored, after: previous.mirrored) }
        return advance(range, after: previous)
    }

    @inline(__always)
    private mutating func start(_ range: Range, after previous: Range) {
        let (up, down) = (range.high - previous.high, previous.low - range.low)
        isLong = !(down > 0 && down > up)
        (stop, extreme) = isLong ? (previous.low, range.high) : (-previous.high, -range.low)
        (factor, hasStarted) = (acceleration, true)
    }

    /// The stop of this bar of a rise; keeps that of the next.
    @inline(__always)
    private mutating func advance(_ range: Range, after previous: Range) -> Double {
        if range.low <= stop {
            let highest = larger(previous.high, range.high)
            let turned = larger(extreme, highest)
            isLong.toggle()
            (factor, extreme) = (acceleration, -range.low)
            stop = -larger(turned + factor * (range.low - turned), highest)
            return turned
        }
        let current = stop
        // Whether it is a new extreme is a matter of chance: computed, not asked.
        factor = smaller(factor + (range.high > extreme ? acceleration : 0), limit)
        extreme = larger(extreme, range.high)
        stop = smaller(current + factor * (extreme - current), smaller(previous.low, range.low))
        return current
    }
}
