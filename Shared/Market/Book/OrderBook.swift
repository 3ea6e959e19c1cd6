public import Schema

/// An order book, kept by a venue's snapshots and updates.
///
/// It trusts what it is given: whether an update may be applied is decided before, by the venue's rules of sequence.
public struct OrderBook: Sendable, Equatable {
    public let instrument: Instrument
    /// The levels a side that the venue keeps up to date, beyond which nothing is kept; `nil` for all.
    public let levels: Int?
    private var bids = BookSide(isBid: true)
    private var asks = BookSide(isBid: false)

    /// Creates an empty book.
    public init(instrument: Instrument, levels: Int? = nil) {
        precondition(levels.map { $0 > 0 } ?? true, "a book keeps at least one level")
        self.instrument = instrument
        self.levels = levels
    }

    /// The highest price that somebody pays; `nil` for a side that is empty.
    public var bestBid: BookLevel? { bids.best }
    /// The lowest price at which somebody sells; `nil` for a side that is empty.
    public var bestAsk: BookLevel? { asks.best }
    /// Levels of each side.
    public var counts: (bids: Int, asks: Int) { (bids.count, asks.count) }

    /// Forgets everything and takes these levels.
    public mutating func replace(bids newBids: [BookLevel], asks newAsks: [BookLevel]) {
        bids.replace(with: newBids)
        asks.replace(with: newAsks)
        cut()
    }

    /// Sets the quantities that wait at these prices now; zero takes a price out.
    public mutating func apply(bids changedBids: [BookLevel], asks changedAsks: [BookLevel]) {
        for level in changedBids { bids.set(level) }
        for level in changedAsks { asks.set(level) }
        cut()
    }

    /// The best levels of each side, at most `limit`, the best first.
    public func best(_ limit: Int) -> (bids: [BookLevel], asks: [BookLevel]) { (bids.best(limit), asks.best(limit)) }

    /// The best ``Schema/Book/depth`` levels as a value of the feed.
    public func book(eventTime: UnixNanos, receiveTime: UnixNanos) -> Book {
        let (bids, asks) = best(Book.depth)
        return Book(instrument: instrument, bids: bids, asks: asks, eventTime: eventTime, receiveTime: receiveTime)
    }

    /// The best bid and ask as a value of the feed; `nil` while a side is empty.
    public func quote(eventTime: UnixNanos, receiveTime: UnixNanos) -> Quote? {
        guard let bid = bestBid, let ask = bestAsk else { return nil }
        return Quote(instrument: instrument, bid: bid, ask: ask, eventTime: eventTime, receiveTime: receiveTime)
    }

    private mutating func cut() {
        guard let levels else { return }
        bids.cut(to: levels)
        asks.cut(to: levels)
    }
}
