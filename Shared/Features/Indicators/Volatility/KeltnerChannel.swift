/// An exponential average of the closes, and bands of some average true ranges around it.
///
/// C. Keltner, "How to Make Money in Commodities", 1960, in L. Raschke's form, which takes the average true range.
public struct KeltnerChannel: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let middle: Double
        /// Half the distance between the bands.
        public let reach: Double

        public var upper: Double { middle + reach }
        public var lower: Double { middle - reach }

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: upper
            case 1: middle
            default: lower
            }
        }
    }

    private let multiple: Double
    private var average: ExponentialMovingAverage
    private var range: AverageTrueRange

    /// - Parameters:
    ///   - length: Of the average.
    ///   - range: Bars of the average true range.
    ///   - multiple: Average true ranges between the middle and a band.
    public init(length: Int, range: Int, multiple: Double) {
        self.multiple = multiple
        average = ExponentialMovingAverage(length: length)
        self.range = AverageTrueRange(length: range)
    }

    public var warmUp: Int { max(average.warmUp, range.warmUp) }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        let (middle, range) = (average.update(bar.close), range.update(bar).average)
        guard !range.isNaN, !middle.isNaN else { return Lines(middle: .nan, reach: .nan) }
        return Lines(middle: middle, reach: multiple * range)
    }
}
