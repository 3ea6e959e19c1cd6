internal import Market
internal import Schema

/// Walks from now back to a known trade, for a venue that gives the newest trades of a span of seconds first.
///
/// Pure. All trades after the known one are held until the walk has reached it, since the oldest comes last.
struct BackwardTradeWalk: Sendable {
    /// The most trades of one answer.
    static let pageSize = 1000

    /// The number of the last trade that is known, and its second.
    private let known: UInt64
    private let start: Int64
    /// The second in which the next page ends.
    private var end: Int64
    /// Found so far, oldest first.
    private var found: [NumberedTrade] = []
    private var isFinished = false
    private var isTaken = false

    init(after known: UInt64, at time: UnixNanos, asOf: UnixNanos) {
        self.known = known
        start = time.milliseconds / 1000
        end = asOf.milliseconds / 1000 + 1
    }

    /// The seconds to ask for next, both inclusive; `nil` when the known trade is reached.
    var window: ClosedRange<Int64>? { isFinished || start > end ? nil : start...end }

    /// Takes a page, oldest trade first; pages overlap by a second.
    ///
    /// - Throws: ``TradeDisorder`` when a full page lies within one second, so that there is no way to ask for what is
    ///   before it.
    mutating func accept(_ page: [NumberedTrade]) throws(TradeDisorder) {
        let oldest = found.first?.sequence ?? .max
        found = page.filter { ($0.sequence ?? 0) > known && ($0.sequence ?? 0) < oldest } + found
        guard page.count >= Self.pageSize, let first = page.first, (first.sequence ?? 0) > known + 1 else {
            isFinished = true
            return
        }
        let next = first.trade.eventTime.milliseconds / 1000
        guard next < end else { throw TradeDisorder(row: 0, id: first.trade.id) }
        end = next
    }

    /// Gives out what was found, once; `nil` the second time.
    mutating func takeTrades() -> [NumberedTrade]? {
        guard !isTaken else { return nil }
        isTaken = true
        return found
    }
}
