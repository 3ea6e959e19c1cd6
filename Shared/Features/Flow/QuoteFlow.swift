public import Market
internal import Schema

/// How the best bid and ask moved since the bar before: order-flow imbalance, spread and queue imbalance.
///
/// R. Cont, A. Kukanov and S. Stoikov, "The Price Impact of Order Book Events", Journal of Financial Econometrics, 2014,
/// equation 10, as a fraction of all that was added and removed. Without quotes since the bar before, the imbalance is 0 and
/// the others keep their values; all are `NaN` until the first quote comes.
public struct QuoteFlow: BarIndicator {
    public struct Lines: IndicatorLines, Hashable, Codable {
        /// Added and removed at the best prices in favour of a rise, less against it, −1…1.
        public let imbalance: Double
        /// Mean of ask less bid, as a fraction of the price between them.
        public let spread: Double
        /// Mean of the bid's less the ask's amount, as a fraction of both, −1…1.
        public let queue: Double

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: imbalance
            case 1: spread
            default: queue
            }
        }
    }

    /// Since the bar before.
    fileprivate struct Sums: Codable, Sendable, Equatable {
        var quotes = 0.0
        var flow = 0.0
        var activity = 0.0
        var spreads = 0.0
        var queues = 0.0
    }

    private var previous: Quote?
    private var sums = Sums()
    private var last: Lines?

    public init() {}

    public var warmUp: Int { 1 }

    public mutating func observe(_ event: MarketEvent) {
        guard case .quote(let quote) = event else { return }
        defer { previous = quote }
        let (bid, ask) = (quote.bid, quote.ask)
        let amounts = bid.quantity + ask.quantity
        sums.quotes += 1
        sums.spreads += 2 * (ask.price - bid.price) / (ask.price + bid.price)
        sums.queues += amounts > 0 ? (bid.quantity - ask.quantity) / amounts : 0
        guard let previous else { return }
        if bid.price >= previous.bid.price { sums.add(bid.quantity) }
        if bid.price <= previous.bid.price { sums.add(-previous.bid.quantity) }
        if ask.price <= previous.ask.price { sums.add(-ask.quantity) }
        if ask.price >= previous.ask.price { sums.add(previous.ask.quantity) }
    }

    public mutating func update(_ bar: Bar) -> Lines {
        defer { sums = Sums() }
        guard sums.quotes > 0 else {
            guard let last else { return Lines(imbalance: .nan, spread: .nan, queue: .nan) }
            return Lines(imbalance: 0, spread: last.spread, queue: last.queue)
        }
        let lines = Lines(
            imbalance: sums.activity > 0 ? sums.flow / sums.activity : 0, spread: sums.spreads / sums.quotes,
            queue: sums.queues / sums.quotes)
        last = lines
        return lines
    }
}

extension QuoteFlow.Sums {
    fileprivate mutating func add(_ change: Double) {
        flow += change
        activity += abs(change)
    }
}
