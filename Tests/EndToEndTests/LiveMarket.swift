import Foundation
import Schema

/// A market at Binance that trades by the clock: every instrument five times a second, whether anybody listens or not.
///
/// Its whole course follows from its beginning, so that what should have come can be told afterwards.
struct LiveMarket: Sendable {
    struct Fill: Sendable {
        let number: Int
        let price: Double
        /// In eighths, so that sums are exact in any order.
        let quantity: Double
        /// In milliseconds.
        let time: Int64
    }

    static let spacing: Int64 = 200
    static let minute: Int64 = 60_000
    /// From one payment of funding to the next.
    static let fundingSpan: Int64 = 5 * minute
    static let symbols = ["BTCUSDT", "ETHUSDT"]
    /// When the first trade happened, in milliseconds; at the beginning of a minute.
    let start: Int64

    /// A market that began some minutes ago.
    init(minutesAgo: Int64) {
        start = Self.now / Self.minute * Self.minute - minutesAgo * Self.minute
    }

    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// The number of the newest trade; trades count from 1.
    func newest(at time: Int64) -> Int { Int((time - start) / Self.spacing) + 1 }

    func fill(_ number: Int, of symbol: String) -> Fill {
        var random = SplitMix64(seed: UInt64(number) &* 31 &+ (symbol == Self.symbols[0] ? 0 : 7))
        return Fill(
            number: number, price: 100 + Double(Int.random(in: 0..<100, using: &random)) / 4,
            quantity: Double(Int.random(in: 1...9, using: &random)) / 8,
            time: start + Int64(number - 1) * Self.spacing)
    }

    /// The candle that opens at a time, with what has happened by another.
    func candle(_ symbol: String, openTime: Int64, by now: Int64) -> (
        open: Double, high: Double, low: Double, close: Double, volume: Double
    )? {
        let first = Int((openTime - start) / Self.spacing) + 1
        let last = min(newest(at: now), first + Int(Self.minute / Self.spacing) - 1)
        guard openTime >= start, last >= first else { return nil }
        let fills = (first...last).map { fill($0, of: symbol) }
        let prices = fills.map(\.price)
        return (
            prices[0], prices.max() ?? 0, prices.min() ?? 0, prices[prices.count - 1],
            fills.map(\.quantity).reduce(0, +)
        )
    }
}
