public import Market
internal import Schema

/// Which side of the book is deeper: bids less asks as a fraction of both, −1…1, a level counting less the further it lies
/// from the best.
///
/// Of the newest book before the bar's close; the `n`th level counts `1 ∕ n` (Cartea, Jaimungal and Penalva, "Algorithmic
/// and High-Frequency Trading", 2015, section 10.3, for one level). `NaN` until the first book comes.
public struct BookPressure: BarIndicator {
    private var pressure: Double?

    public init() {}

    public var warmUp: Int { 1 }

    public mutating func observe(_ event: MarketEvent) {
        guard case .book(let book) = event else { return }
        let (bids, asks) = (Self.depth(book.bids), Self.depth(book.asks))
        pressure = bids + asks > 0 ? (bids - asks) / (bids + asks) : 0
    }

    public mutating func update(_ bar: Bar) -> Double { pressure ?? .nan }

    private static func depth(_ levels: [BookLevel]) -> Double {
        zip(1..., levels).reduce(0) { $0 + $1.1.quantity / Double($1.0) }
    }
}
