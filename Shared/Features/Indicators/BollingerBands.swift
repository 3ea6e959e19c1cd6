/// Bands of some standard deviations around the mean of the closes.
///
/// J. Bollinger, "Bollinger on Bollinger Bands", 2001; the population's deviation, as in TA-Lib.
public struct BollingerBands: StreamingIndicator {
    public struct Bands: Sendable, Hashable {
        public let middle: Double
        /// Half the distance between the bands.
        public let reach: Double
        let close: Double

        public var upper: Double { middle + reach }
        public var lower: Double { middle - reach }
        /// Distance between the bands as a fraction of the middle.
        public var width: Double { 2 * reach / middle }
        /// Where the close stands: 0 at the lower band, 1 at the upper; `NaN` when the bands coincide.
        public var percentB: Double { reach > 0 ? (close - lower) / (2 * reach) : .nan }
    }

    private let deviations: Double
    private var moments: RollingMoments

    public init(length: Int, deviations: Double) {
        self.deviations = deviations
        moments = RollingMoments(length)
    }

    public var warmUp: Int { moments.length }

    public mutating func update(_ close: Double) -> Bands {
        moments.push(close)
        guard moments.isFull else { return Bands(middle: .nan, reach: .nan, close: close) }
        let deviation = moments.variance(degreesLost: 0).squareRoot()
        return Bands(middle: moments.mean, reach: deviations * deviation, close: close)
    }
}
