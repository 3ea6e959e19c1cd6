public import Market
internal import Schema

/// What the trades since the bar before say: who began them, at what prices, and which way they moved.
///
/// The venue says who began a trade; where it does not, ``TickRule`` does. Without trades all are 0; `NaN` until the first.
public struct TradeFlow: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Bought less sold by those who crossed the spread, as a fraction of both, −1…1.
        public let imbalance: Double
        /// Trades above less below the one before, as a fraction of all, by the tick rule, −1…1.
        public let ticks: Double
        /// Mean price that buyers paid, above that which sellers got, both by amount, as a fraction of the close; 0 while one
        /// of the sides is empty.
        public let pressure: Double

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: imbalance
            case 1: ticks
            default: pressure
            }
        }
    }

    /// Since the bar before, of one side.
    fileprivate struct Side: Codable, Sendable, Equatable {
        var quantity = 0.0
        var turnover = 0.0
    }

    private var rule = TickRule()
    private var hasTrades = false
    private var bought = Side()
    private var sold = Side()
    private var trades = 0.0
    private var ticks = 0.0

    public init() {}

    public var warmUp: Int { 1 }

    public mutating func observe(_ event: MarketEvent) {
        guard case .trade(let trade) = event else { return }
        let tick = rule.direction(of: trade)
        hasTrades = true
        trades += 1
        ticks += tick
        switch trade.direction(byTick: tick) {
        case 1: bought.add(trade)
        case -1: sold.add(trade)
        default: break
        }
    }

    public mutating func update(_ bar: Bar) -> Lines {
        guard hasTrades else { return Lines(imbalance: .nan, ticks: .nan, pressure: .nan) }
        defer { (bought, sold, trades, ticks) = (Side(), Side(), 0, 0) }
        let quantity = bought.quantity + sold.quantity
        let isTwoSided = bought.quantity > 0 && sold.quantity > 0
        return Lines(
            imbalance: quantity > 0 ? (bought.quantity - sold.quantity) / quantity : 0,
            ticks: trades > 0 ? ticks / trades : 0,
            pressure: isTwoSided ? (bought.meanPrice - sold.meanPrice) / bar.close : 0)
    }
}

extension TradeFlow.Side {
    fileprivate mutating func add(_ trade: Trade) {
        quantity += trade.quantity
        turnover += trade.quantity * trade.price
    }

    fileprivate var meanPrice: Double { turnover / quantity }
}

extension Trade {
    /// 1 where a buyer crossed the spread, −1 where a seller did; as `tick` says where the venue does not.
    func direction(byTick tick: Double) -> Double {
        switch aggressor {
        case .buyer: 1
        case .seller: -1
        case .unknown: tick
        }
    }
}
