import Market
import Schema
import Synchronization
import Venues

/// How a scripted venue numbers what it sends.
enum ScriptedStyle: String, CaseIterable {
    /// Trades and updates of the book have numbers, and the book's snapshot is asked for by REST; as at Binance.
    case numbered
    /// The messages of a connection have numbers, and the book's snapshot is the first message; as at Coinbase.
    case counted

    var depthRules: DepthRules {
        switch self {
        case .numbered: DepthRules(snapshot: .requested, continuity: .ranges)
        case .counted: DepthRules(snapshot: .streamed, continuity: .connection)
        }
    }
}

/// A market whose whole course follows from a seed: one trade, one change of the book and one candle a step.
///
/// The steps are two seconds of market time apart. What has happened is what lies before ``position``, which a test moves.
final class ScriptedMarket: Sendable {
    static let start = UnixNanos(seconds: 1_700_000_040)
    static let stepNanoseconds: Int64 = 2_000_000_000
    static let stepsPerCandle = 30

    struct Step: Sendable {
        let trade: ScriptedTrade
        /// The price whose quantity changes, above zero for a bid and below for an ask, and the quantity.
        let change: (price: Double, quantity: Double)
    }

    struct ScriptedTrade: Sendable {
        let number: UInt64
        let price: Double
        let quantity: Double
        let time: UnixNanos
    }

    let instrument: Instrument
    let steps: [Step]
    private let state = Mutex(0)

    init(_ instrument: Instrument, seed: UInt64, steps count: Int) {
        self.instrument = instrument
        var random = SplitMix64(seed: seed)
        steps = (0..<count).map { index in
            let price = 1000 + Double(Int.random(in: -40...40, using: &random)) / 4
            let isBid = Bool.random(using: &random)
            let level = Double(Int.random(in: 1...60, using: &random)) / 4
            return Step(
                trade: ScriptedTrade(
                    number: UInt64(index) + 1, price: price, quantity: Double(Int.random(in: 1...9, using: &random)),
                    time: Self.start.advanced(by: Int64(index) * Self.stepNanoseconds)),
                change: (isBid ? 1000 - level : -1000 - level, Double(max(0, Int.random(in: -2...5, using: &random)))))
        }
    }

    /// Steps that have happened.
    var position: Int { state.withLock { $0 } }

    func advance() { state.withLock { $0 += 1 } }

    /// The candle that a step belongs to, as it stood after the step.
    func candle(after step: Int) -> CandleRow {
        let first = step / Self.stepsPerCandle * Self.stepsPerCandle
        let trades = steps[first...step].map(\.trade)
        let prices = trades.map(\.price)
        return CandleRow(
            instrument: instrument.name, timeframe: .minute1, openMilliseconds: steps[first].trade.time.milliseconds,
            open: prices[0], high: prices.max() ?? 0, low: prices.min() ?? 0, close: prices[prices.count - 1],
            volume: trades.map(\.quantity).reduce(0, +), source: .exchange)
    }

    /// Whether a step is the last one of its candle.
    func closesCandle(_ step: Int) -> Bool { step % Self.stepsPerCandle == Self.stepsPerCandle - 1 }

    /// The book after a number of steps.
    func book(after count: Int) throws -> OrderBook {
        var book = OrderBook(instrument: instrument)
        for step in steps[..<count] {
            let level = [try BookLevel(price: abs(step.change.price), quantity: step.change.quantity)]
            book.apply(bids: step.change.price > 0 ? level : [], asks: step.change.price > 0 ? [] : level)
        }
        return book
    }
}
