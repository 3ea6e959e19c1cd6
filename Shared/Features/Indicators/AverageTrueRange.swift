/// Wilder's average of the true range: how far a bar moves, gaps included (ATR), and its share of the close (NATR).
///
/// J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, section III. The first bar has no true range.
public struct AverageTrueRange: StreamingIndicator {
    public struct Range: Sendable, Hashable {
        /// In the price's unit.
        public let average: Double
        /// In percent of the close.
        public let normalised: Double
    }

    private let length: Int
    private var previousClose: Double?
    private var smoothed: WilderAverage

    public init(length: Int) {
        self.length = length
        smoothed = WilderAverage(length: length)
    }

    public var warmUp: Int { length + 1 }

    public mutating func update(_ bar: Bar) -> Range {
        defer { previousClose = bar.close }
        guard let previousClose else { return Range(average: .nan, normalised: .nan) }
        smoothed.push(Self.trueRange(bar, previousClose: previousClose))
        guard smoothed.isReady else { return Range(average: .nan, normalised: .nan) }
        return Range(average: smoothed.value, normalised: 100 * smoothed.value / bar.close)
    }

    static func trueRange(_ bar: Bar, previousClose: Double) -> Double {
        max(bar.high - bar.low, abs(bar.high - previousClose), abs(bar.low - previousClose))
    }
}
