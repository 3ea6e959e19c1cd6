public import Market
internal import Schema

/// The newest funding rate, as a fraction, and how far it stands from the mean of the newest ones in their deviations.
///
/// `NaN` until the first rate is known; the score is 0 until there are as many as its length, and while all are alike.
public struct FundingRate: BarIndicator {
    public struct Lines: IndicatorLines, Hashable, Codable {
        public let rate: Double
        public let score: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? rate : score }
    }

    private var rates: RollingMoments
    private var last: Lines?

    /// - Parameter length: Rates that the newest is compared with, its own among them.
    public init(length: Int) { rates = RollingMoments(length) }

    public var warmUp: Int { 1 }

    public mutating func observe(_ event: MarketEvent) {
        guard case .side(let value) = event, value.series == .fundingRate else { return }
        rates.push(value.value)
        let deviation = rates.isFull ? rates.sampleVariance.squareRoot() : 0
        last = Lines(rate: value.value, score: deviation > 0 ? (value.value - rates.mean) / deviation : 0)
    }

    public mutating func hold() { rates.hold() }

    public mutating func update(_ bar: Bar) -> Lines { last ?? Lines(rate: .nan, score: .nan) }
}
