public import Market
internal import Schema

/// How much of what was traded over the newest bars was traded in large pieces, and which way.
///
/// A piece is one trade, large from 1,000, 10,000 or 100,000 of quote currency on. Without trades all are 0; `NaN` until the
/// first.
public struct LargeTrades: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Of the turnover, the share in pieces of each size or more, 0…1.
        public let shares: SIMD3<Double>
        /// Bought less sold in such pieces, as a fraction of the turnover, −1…1.
        public let balances: SIMD3<Double>

        public static let count = 6
        public func line(_ number: Int) -> Double { number < 3 ? shares[number] : balances[number - 3] }
    }

    /// From what turnover on a trade is large, in quote currency.
    public static let sizes = [1e3, 1e4, 1e5]

    private var rule = TickRule()
    private var hasTrades = false
    /// Since the bar before: the turnover, then for each size that in large pieces, then their balance.
    private var newest = [Double](repeating: 0, count: 7)
    /// The same, over the newest bars.
    private var sums: [RollingSum]

    /// - Parameter length: Bars that are looked at.
    public init(length: Int) { sums = Array(repeating: RollingSum(length), count: 7) }

    public var warmUp: Int { sums[0].length }

    public mutating func observe(_ event: MarketEvent) {
        guard case .trade(let trade) = event else { return }
        hasTrades = true
        let direction = trade.direction(byTick: rule.direction(of: trade))
        let turnover = trade.price * trade.quantity
        newest[0] += turnover
        for (index, size) in Self.sizes.enumerated() where turnover >= size {
            newest[1 + index] += turnover
            newest[4 + index] += direction * turnover
        }
    }

    public mutating func hold() {
        for index in sums.indices { sums[index].hold() }
    }

    public mutating func update(_ bar: Bar) -> Lines {
        for index in newest.indices {
            sums[index].push(newest[index])
            newest[index] = 0
        }
        guard hasTrades, sums[0].isFull else {
            return Lines(shares: SIMD3(repeating: .nan), balances: SIMD3(repeating: .nan))
        }
        let turnover = sums[0].sum
        func share(_ index: Int) -> Double { turnover > 0 ? sums[index].sum / turnover : 0 }
        return Lines(shares: SIMD3(share(1), share(2), share(3)), balances: SIMD3(share(4), share(5), share(6)))
    }
}
