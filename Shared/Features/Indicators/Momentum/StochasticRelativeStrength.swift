/// Where the relative strength index stands in the range of its newest values, 0…100, raw and smoothed twice (StochRSI).
///
/// T. Chande and S. Kroll, "The New Technical Trader", 1994. TA-Lib's fast K and D are ``Lines/raw`` and ``Lines/k``,
/// TradingView's K and D are ``Lines/k`` and ``Lines/d``. A range of zero gives 0.
public struct StochasticRelativeStrength: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let raw: Double
        /// Average of ``raw``.
        public let k: Double
        /// Average of ``k``.
        public let d: Double
        static let none = Lines(raw: .nan, k: .nan, d: .nan)

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: raw
            case 1: k
            default: d
            }
        }
    }

    private var strength: RelativeStrengthIndex
    private var extremes: RollingRange
    private var smoothK: SimpleMovingAverage
    private var smoothD: SimpleMovingAverage
    public let warmUp: Int

    /// - Parameters:
    ///   - length: Of the relative strength index.
    ///   - range: Values of the index that the range is taken of.
    ///   - k: Values over which ``Lines/raw`` is averaged.
    ///   - d: Values over which ``Lines/k`` is averaged.
    public init(length: Int, range: Int, k: Int, d: Int) {
        strength = RelativeStrengthIndex(length: length)
        extremes = RollingRange(range)
        smoothK = SimpleMovingAverage(length: k)
        smoothD = SimpleMovingAverage(length: d)
        warmUp = length + range + k + d - 2
    }

    public func warmUp(ofLine line: Int) -> Int { line == 2 ? warmUp : warmUp - smoothD.warmUp + 1 }

    @inline(__always)
    public mutating func hold() {
        extremes.hold()
        smoothK.hold()
        smoothD.hold()
    }

    @inline(__always)
    public mutating func update(_ close: Double) -> Lines {
        let index = strength.update(close)
        guard !index.isNaN else { return .none }
        extremes.push(index)
        guard extremes.isFull else { return .none }
        let range = extremes.highest - extremes.lowest
        let raw = range > 0 ? 100 * (index - extremes.lowest) / range : 0
        let k = smoothK.update(raw)
        guard !k.isNaN else { return .none }
        return Lines(raw: raw, k: k, d: smoothD.update(k))
    }
}
