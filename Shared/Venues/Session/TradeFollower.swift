internal import Market
internal import Schema

/// Keeps the trades of one instrument in order, complete and single.
///
/// Pure. While a hole is being filled, live trades are held back, so that those of the hole come before them. Where the venue
/// counts its trades, the count shows holes and repetitions. Elsewhere the trades' names show repetitions, only a loss of
/// the connection shows a hole, and one counts as filled when the archive has reached the first trade held back.
struct TradeFollower: Sendable {
    /// What a live trade brought.
    enum Arrival: Equatable {
        case trade(NumberedTrade)
        case repeated
        case held
        /// Trades are missing after the last one; it is held.
        case hole
    }

    /// What filling a hole brought.
    struct Filling: Equatable {
        var trades: [NumberedTrade] = []
        var repeated = 0
        /// Whether everything up to the last live trade is there.
        var isComplete: Bool
    }

    /// Live trades held back; more than that, and the hole is given up.
    static let capacity = 200_000
    /// The last trade passed on.
    private(set) var last: NumberedTrade?
    private var held: [NumberedTrade]?
    private var recent = RecentTrades(capacity: 4096)

    /// Begins with the first trade that comes, or behind one that is there already.
    init(behind last: NumberedTrade? = nil) {
        guard let last else { return }
        pass(last)
        held = []
    }

    /// Whether live trades are held back.
    var isHolding: Bool { held != nil }
    /// Whether some are.
    var hasHeld: Bool { held?.isEmpty == false }
    /// Whether no more can be held.
    var isFull: Bool { (held?.count ?? 0) >= Self.capacity }

    /// Holds live trades back until the hole after the last one is filled; nothing can be missing before the first.
    ///
    /// - Returns: the trade after which some may be missing.
    mutating func lose() -> NumberedTrade? {
        guard let last else { return nil }
        // Not those held already: the new hole lies behind them, and the archive gives them with what it fills.
        held = []
        return last
    }

    mutating func receive(_ trade: NumberedTrade) -> Arrival {
        guard held == nil else {
            held?.append(trade)
            return .held
        }
        switch place(of: trade) {
        case .repeated: return .repeated
        case .next:
            pass(trade)
            return .trade(trade)
        case .beyond:
            held = [trade]
            return .hole
        }
    }

    /// Takes trades that followed ``last``, by the venue's archive, oldest first.
    mutating func fill(_ trades: [NumberedTrade]) -> Filling {
        var filling = Filling(isComplete: true)
        for trade in trades {
            switch place(of: trade) {
            case .repeated: filling.repeated += 1
            case .beyond: filling.isComplete = false
            case .next: break
            }
            if place(of: trade) != .repeated {
                pass(trade)
                filling.trades.append(trade)
            }
        }
        return filling
    }

    /// Passes on what was held back, up to the next hole; beyond it too when `force` is true, which gives the hole up.
    mutating func release(force: Bool) -> Filling {
        var rest = held ?? []
        let isNumbered = last?.sequence != nil
        let hasReachedHeld = isNumbered || rest.first.map { recent.contains($0.trade.id) } ?? false
        guard hasReachedHeld || force else { return Filling(isComplete: false) }
        var filling = Filling(isComplete: hasReachedHeld)
        if isNumbered { rest.sort { ($0.sequence ?? 0) < ($1.sequence ?? 0) } }
        for (index, trade) in rest.enumerated() {
            switch place(of: trade) {
            case .repeated:
                filling.repeated += 1
                continue
            case .beyond where !force:
                held = Array(rest[index...])
                filling.isComplete = false
                return filling
            case .beyond: filling.isComplete = false
            case .next: break
            }
            pass(trade)
            filling.trades.append(trade)
        }
        held = nil
        return filling
    }

    private enum Place { case repeated, next, beyond }

    private func place(of trade: NumberedTrade) -> Place {
        guard let last else { return .next }
        guard let sequence = trade.sequence, let known = last.sequence else {
            return recent.contains(trade.trade.id) ? .repeated : .next
        }
        if sequence <= known { return .repeated }
        return sequence == known + 1 ? .next : .beyond
    }

    private mutating func pass(_ trade: NumberedTrade) {
        last = trade
        if trade.sequence == nil { recent.insert(trade.trade.id) }
    }
}

/// The names of the last so many trades.
struct RecentTrades: Sendable {
    private let capacity: Int
    /// A ring once it is full; `oldest` is the next to be overwritten.
    private var ring: [String] = []
    private var oldest = 0
    private var known: Set<String> = []

    init(capacity: Int) { self.capacity = capacity }

    func contains(_ name: String) -> Bool { known.contains(name) }

    mutating func insert(_ name: String) {
        guard known.insert(name).inserted else { return }
        if ring.count < capacity {
            ring.append(name)
        } else {
            known.remove(ring[oldest])
            ring[oldest] = name
            oldest = (oldest + 1) % capacity
        }
    }
}
