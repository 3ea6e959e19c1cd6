internal import Schema

/// Mean change of the closes of each sector over some bars, less the mean over all instruments, as a fraction.
///
/// T. Moskowitz and M. Grinblatt, "Do Industries Explain Momentum?", Journal of Finance, 1999. A sector without instruments
/// has 0.
public struct SectorRotation: BasketIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Of the instrument's own sector.
        public let own: Double
        public let layer1: Double
        public let defi: Double
        public let meme: Double

        public static let count = 4
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: own
            case 1: layer1
            case 2: defi
            default: meme
            }
        }
    }

    private let length: Int
    private var states = BasketStates<RateOfChange>()

    public init(length: Int) { self.length = length }

    public var warmUp: Int { length + 1 }

    public mutating func update(_ members: [BasketMember]) -> [Lines] {
        let changes = members.map { states[$0.instrument, RateOfChange(length: length)].update($0.bar.close).fraction }
        let sectors = members.map { Sector(base: $0.instrument.base) }
        let mean = changes.meanOfNumbers
        func strength(_ sector: Sector) -> Double {
            let own = zip(sectors, changes).filter { $0 == sector && !$1.isNaN }.map(\.1)
            return own.isEmpty ? 0 : own.meanOfNumbers - mean
        }
        let (layer1, defi, meme) = (strength(.layer1), strength(.defi), strength(.meme))
        return zip(sectors, changes).map { sector, change in
            // An instrument whose own change is not there yet has no view of the others either.
            guard !change.isNaN else { return Lines(own: .nan, layer1: .nan, defi: .nan, meme: .nan) }
            return Lines(own: strength(sector), layer1: layer1, defi: defi, meme: meme)
        }
    }
}
