/// At which prices the volume of the newest bars was traded: the price with the most, and the area with seven tenths of it.
///
/// P. Steidlmayer, "Market Profile", Chicago Board of Trade, 1984. The range of the bars is cut into equal bins, and a bar's
/// volume counts for the bin of its typical price; the area grows from the fullest bin to whichever neighbour is fuller.
public struct VolumeProfile: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Close above the middle of the fullest bin, as a fraction of the close.
        public let distance: Double
        /// Place of the close in the area: 0 at its lower end, 1 at its upper; below 0 and above 1 outside.
        public let position: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? distance : position }
    }

    private static let share = 0.7
    private let bins: Int
    private var prices: RollingWindow
    private var volumes: RollingWindow
    private var range: RollingRange

    /// - Parameters:
    ///   - length: Bars that are looked at.
    ///   - bins: Parts that their range is cut into.
    public init(length: Int, bins: Int) {
        self.bins = bins
        prices = RollingWindow(length)
        volumes = RollingWindow(length)
        range = RollingRange(length)
    }

    public var warmUp: Int { prices.length }

    @inline(__always)
    public mutating func hold() {
        prices.hold()
        volumes.hold()
        range.hold()
    }

    public mutating func update(_ bar: Bar) -> Lines {
        prices.push(bar.typicalPrice)
        volumes.push(bar.volume)
        range.push(high: bar.high, low: bar.low)
        guard prices.isFull else { return Lines(distance: .nan, position: .nan) }
        let width = (range.highest - range.lowest) / Double(bins)
        guard width > 0 else { return Lines(distance: 0, position: 0.5) }
        let profile = profile(width)
        let fullest = profile.indices.max { profile[$0] < profile[$1] } ?? 0
        let area = Self.area(profile, around: fullest)
        let (lower, upper) = (edge(area.lowerBound, width), edge(area.upperBound, width))
        return Lines(
            distance: (bar.close - edge(fullest, width) - width / 2) / bar.close,
            position: (bar.close - lower) / (upper - lower))
    }

    /// The lower end of a bin.
    private func edge(_ bin: Int, _ width: Double) -> Double { range.lowest + Double(bin) * width }

    private func profile(_ width: Double) -> [Double] {
        var profile = Array(repeating: 0.0, count: bins)
        for age in 0..<prices.length {
            let bin = Int((prices.recent(age) - range.lowest) / width)
            profile[max(0, min(bins - 1, bin))] += volumes.recent(age)
        }
        return profile
    }

    private static func area(_ profile: [Double], around fullest: Int) -> Range<Int> {
        let goal = share * profile.reduce(0, +)
        var area = fullest..<fullest + 1
        var volume = profile[fullest]
        while volume < goal, area.count < profile.count {
            let below = area.lowerBound > 0 ? profile[area.lowerBound - 1] : -1
            let above = area.upperBound < profile.count ? profile[area.upperBound] : -1
            area = above > below ? area.lowerBound..<area.upperBound + 1 : area.lowerBound - 1..<area.upperBound
            volume += max(above, below)
        }
        return area
    }
}
