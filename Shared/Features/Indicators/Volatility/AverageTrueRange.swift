/// The true range of a bar, gaps included, Wilder's average of it (ATR), and that average's share of the close (NATR).
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section III. The first bar has no true range.
public struct AverageTrueRange: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// In the price's unit.
        public let average: Double
        /// Of this bar alone, in the price's unit.
        public let trueRange: Double
        let close: Double

        /// In percent of the close.
        public var normalised: Double { 100 * average / close }

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: average
            case 1: normalised
            default: trueRange
            }
        }
    }

    private let length: Int
    private var previousClose: Double?
    private var smoothed: WilderAverage

    public init(length: Int) {
        self.length = length
        smoothed = WilderAverage(length: length)
    }

    public var warmUp: Int { length + 1 }
    public func warmUp(ofLine line: Int) -> Int { line == 2 ? 2 : warmUp }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        defer { previousClose = bar.close }
        guard let previousClose else { return Lines(average: .nan, trueRange: .nan, close: bar.close) }
        let range = bar.trueRange(after: previousClose)
        smoothed.push(range)
        return Lines(average: smoothed.isReady ? smoothed.value : .nan, trueRange: range, close: bar.close)
    }
}
