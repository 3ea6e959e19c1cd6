/// Volume beside that of the bars before it.
public struct RelativeVolume: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// As a multiple of the mean of the bars before; 1 where those had none.
        public let ratio: Double
        /// As a multiple of the mean of the bars up to this one; 1 where none had any.
        public let inclusiveRatio: Double
        /// Above the mean of the bars before, in their sample deviations; 0 where those are all alike.
        public let score: Double

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: ratio
            case 1: inclusiveRatio
            default: score
            }
        }
    }

    private var moments: RollingMoments

    /// - Parameter length: Bars that the volume is compared with.
    public init(length: Int) { moments = RollingMoments(length) }

    public static func input(of bar: Bar) -> Double { bar.volume }
    public var warmUp: Int { moments.length + 1 }
    public func warmUp(ofLine line: Int) -> Int { line == 1 ? moments.length : warmUp }

    @inline(__always)
    public mutating func hold() { moments.hold() }

    @inline(__always)
    public mutating func update(_ volume: Double) -> Lines {
        var (ratio, score) = (Double.nan, Double.nan)
        if moments.isFull {
            let (mean, deviation) = (moments.mean, moments.sampleVariance.squareRoot())
            ratio = mean > 0 ? volume / mean : 1
            score = deviation > 0 ? (volume - mean) / deviation : 0
        }
        moments.push(volume)
        guard moments.isFull else { return Lines(ratio: .nan, inclusiveRatio: .nan, score: .nan) }
        let mean = moments.mean
        return Lines(ratio: ratio, inclusiveRatio: mean > 0 ? volume / mean : 1, score: score)
    }
}
