/// A stop that follows a trend faster the longer it lasts, and turns when it is hit (parabolic SAR), in the price's unit.
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section II. The first direction is that of the greater
/// movement between the first two bars, up where they are equal, as in TA-Lib.
public struct ParabolicStop: BarIndicator {
    private struct Range: Codable, Sendable, Equatable {
        let high: Double
        let low: Double
    }

    private let acceleration: Double
    private let limit: Double
    private var previous: Range?
    private var hasStarted = false
    private var isLong = true
    private var stop = 0.0
    /// The highest high of a rise, or the lowest low of a fall, so far.
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
        guard let previous else { return .nan }
        guard hasStarted else {
            start(range, after: previous)
            return advance(range, after: range)
        }
        return advance(range, after: previous)
    }

    private mutating func start(_ range: Range, after previous: Range) {
        let (up, down) = (range.high - previous.high, previous.low - range.low)
        isLong = !(down > 0 && down > up)
        (stop, extreme) = isLong ? (previous.low, range.high) : (previous.high, range.low)
        (factor, hasStarted) = (acceleration, true)
    }

    /// The stop of this bar; keeps that of the next.
    private mutating func advance(_ range: Range, after previous: Range) -> Double {
        if isLong ? range.low <= stop : range.high >= stop {
            isLong.toggle()
            let turned = behind(extreme, previous, range)
            (factor, extreme) = (acceleration, isLong ? range.high : range.low)
            stop = behind(turned + factor * (extreme - turned), previous, range)
            return turned
        }
        let current = stop
        if isLong ? range.high > extreme : range.low < extreme {
            extreme = isLong ? range.high : range.low
            factor = min(factor + acceleration, limit)
        }
        stop = behind(current + factor * (extreme - current), previous, range)
        return current
    }

    /// The price, or the edge of two bars that it may not lie beyond.
    private func behind(_ price: Double, _ first: Range, _ second: Range) -> Double {
        isLong ? min(price, first.low, second.low) : max(price, first.high, second.high)
    }
}
