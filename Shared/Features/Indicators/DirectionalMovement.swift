/// Strength of a trend, whichever way (ADX), and the movement up and down that it is made of (±DI), each 0…100.
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section IV; sums start over `length − 1` bars, and bars
/// without any movement leave the strength unchanged, as in TA-Lib.
public struct DirectionalMovement: StreamingIndicator {
    public struct Lines: Sendable, Hashable {
        /// Upward movement in percent of the true range.
        public let plus: Double
        /// Downward movement in percent of the true range.
        public let minus: Double
        /// Their difference in percent of their sum.
        public let index: Double
        /// Wilder's average of ``index``, ADX, which starts later than the others.
        public let strength: Double
        static let none = Lines(plus: .nan, minus: .nan, index: .nan, strength: .nan)
    }

    private struct Previous: Codable, Sendable, Equatable {
        let high: Double
        let low: Double
        let close: Double
    }

    private let length: Int
    private var count = 0
    private var previous: Previous?
    private var plus = 0.0
    private var minus = 0.0
    private var range = 0.0
    private var index = 0.0
    private var strength: WilderAverage

    public init(length: Int) {
        precondition(length > 1, "length must be above one")
        self.length = length
        strength = WilderAverage(length: length)
    }

    public var warmUp: Int { 2 * length }

    public mutating func update(_ bar: Bar) -> Lines {
        defer { previous = Previous(high: bar.high, low: bar.low, close: bar.close) }
        guard let previous else { return .none }
        let (up, down) = (bar.high - previous.high, previous.low - bar.low)
        let upMove = up > 0 && up > down ? up : 0
        let downMove = down > 0 && down > up ? down : 0
        let trueRange = AverageTrueRange.trueRange(bar, previousClose: previous.close)
        count += 1
        guard count >= length else {
            plus += upMove
            minus += downMove
            range += trueRange
            return .none
        }
        plus += upMove - plus / Double(length)
        minus += downMove - minus / Double(length)
        range += trueRange - range / Double(length)
        let hasRange = range > 1e-14
        let plusIndex = hasRange ? 100 * (plus / range) : 0
        let minusIndex = hasRange ? 100 * (minus / range) : 0
        let sum = plusIndex + minusIndex
        if sum > 1e-14 { index = 100 * (abs(minusIndex - plusIndex) / sum) }
        if sum > 1e-14 || !strength.isReady { strength.push(sum > 1e-14 ? index : 0) }
        return Lines(
            plus: plusIndex, minus: minusIndex, index: index, strength: strength.isReady ? strength.value : .nan)
    }
}
