/// The true range of a bar, gaps included, Wilder's average of it (ATR), and that average's share of the close (NATR).
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section III. The first bar has no true range.
public struct AverageTrueRange: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// In the price's unit.
        public let average: Double
        /// In percent of the close.
        public let normalised: Double
        /// Of this bar alone, in the price's unit.
        public let trueRange: Double

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
        guard let previousClose else { return Lines(average: .nan, normalised: .nan, trueRange: .nan) }
        let range = bar.trueRange(after: previousClose)
        smoothed.push(range)
        guard smoothed.isReady else { return Lines(average: .nan, normalised: .nan, trueRange: range) }
        return Lines(average: smoothed.value, normalised: 100 * smoothed.value / bar.close, trueRange: range)
    }
}
