/// Strength of a trend, whichever way (ADX), and the movement up and down that it is made of (±DI), each 0…100.
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section IV; sums start over `length − 1` bars, and bars
/// without any movement leave the strength unchanged, as in TA-Lib.
public struct DirectionalMovement: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Upward movement in percent of the true range.
        public let plus: Double
        /// Downward movement in percent of the true range.
        public let minus: Double
        /// Their difference in percent of their sum.
        public let index: Double
        /// Wilder's average of ``index``, ADX, which starts later than the others.
        public let strength: Double
        static let none = Lines(plus: .nan, minus: .nan, index: .nan, strength: .nan)

        public static let count = 4
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: plus
            case 1: minus
            case 2: index
            default: strength
            }
        }
    }

    private struct Previous: Codable, Sendable, Equatable {
        let high: Double
        let low: Double
        let close: Double
    }

    private let length: Int
    private let weight: Double
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
        weight = 1 / Double(length)
        strength = WilderAverage(length: length)
    }

    public var warmUp: Int { 2 * length }
    public func warmUp(ofLine line: Int) -> Int { line < 3 ? length + 1 : warmUp }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        defer { previous = Previous(high: bar.high, low: bar.low, close: bar.close) }
        guard let previous else { return .none }
        let (up, down) = (bar.high - previous.high, previous.low - bar.low)
        let upMove = larger(up > down ? up : 0, 0)
        let downMove = larger(down > up ? down : 0, 0)
        let trueRange = bar.trueRange(after: previous.close)
        count += 1
        guard count >= length else {
            plus += upMove
            minus += downMove
            range += trueRange
            return .none
        }
        plus += upMove - plus * weight
        minus += downMove - minus * weight
        range += trueRange - range * weight
        let percent = range > 1e-14 ? 100 / range : 0
        let plusIndex = plus * percent
        let minusIndex = minus * percent
        let sum = plusIndex + minusIndex
        if sum > 1e-14 { index = 100 * abs(minusIndex - plusIndex) / sum }
        if sum > 1e-14 || !strength.isReady { strength.push(sum > 1e-14 ? index : 0) }
        return Lines(
            plus: plusIndex, minus: minusIndex, index: index, strength: strength.isReady ? strength.value : .nan)
    }
}
