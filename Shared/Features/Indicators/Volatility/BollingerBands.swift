/// Bands of some standard deviations around the mean of the closes.
///
/// J. Bollinger, "Bollinger on Bollinger Bands", 2001; the population's deviation, as in TA-Lib.
public struct BollingerBands: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let middle: Double
        /// Half the distance between the bands.
        public let reach: Double
        let close: Double

        public var upper: Double { middle + reach }
        public var lower: Double { middle - reach }
        /// Distance between the bands as a fraction of the middle.
        public var width: Double { 2 * reach / middle }
        /// Where the close stands: 0 at the lower band, 1 at the upper, and in the middle where the bands coincide.
        public var percentB: Double { reach == 0 ? 0.5 : (close - lower) / (2 * reach) }

        public static let count = 5
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: upper
            case 1: middle
            case 2: lower
            case 3: width
            default: percentB
            }
        }
    }

    private let deviations: Double
    private var moments: RollingMoments

    public init(length: Int, deviations: Double) {
        self.deviations = deviations
        moments = RollingMoments(length)
    }

    public var warmUp: Int { moments.length }

    @inline(__always)
    public mutating func hold() { moments.hold() }

    @inline(__always)
    public mutating func update(_ close: Double) -> Lines {
        moments.push(close)
        guard moments.isFull else { return Lines(middle: .nan, reach: .nan, close: close) }
        let deviation = moments.variance.squareRoot()
        return Lines(middle: moments.mean, reach: deviations * deviation, close: close)
    }
}
