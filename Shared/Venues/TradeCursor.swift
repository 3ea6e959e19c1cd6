internal import Market
internal import Schema

/// Walks the trades after a known one, page by page, oldest first.
///
/// Pure. Every trade that the venue gives after the known one comes out exactly once: pages may overlap, and what was
/// had is dropped. A page with nothing new ends the walk, and so does a page that is not full.
struct TradeCursor: Sendable {
    /// The last trade that is known.
    private(set) var last: NumberedTrade
    private(set) var isFinished = false
    private let pageSize: Int

    init(after last: NumberedTrade, pageSize: Int) { (self.last, self.pageSize) = (last, pageSize) }

    /// Takes a page, oldest trade first, and returns what is new in it.
    ///
    /// - Throws: ``TradeDisorder`` when the page's numbers do not rise.
    mutating func accept(_ page: [NumberedTrade]) throws(TradeDisorder) -> [NumberedTrade] {
        var new: [NumberedTrade] = []
        for (index, trade) in page.enumerated() {
            if index > 0, let before = page[index - 1].sequence, let number = trade.sequence, number <= before {
                throw TradeDisorder(row: index, id: trade.trade.id)
            }
            if isAfterLast(trade) { new.append(trade) }
        }
        if let newest = new.last { last = newest }
        isFinished = new.isEmpty || page.count < pageSize
        return new
    }

    private func isAfterLast(_ trade: NumberedTrade) -> Bool {
        guard let known = last.sequence, let number = trade.sequence else {
            return trade.trade.eventTime > last.trade.eventTime
        }
        return number > known
    }
}

/// A trade whose number is not above that of the one before it.
struct TradeDisorder: Error, Equatable {
    let row: Int
    let id: String
}

extension TradeCursor {
    /// Takes a page, and turns rows out of order into the venue's error.
    mutating func accept(
        _ page: [NumberedTrade], _ endpoint: VenueEndpoint
    ) throws(VenueError) -> [NumberedTrade] {
        do throws(TradeDisorder) {
            return try accept(page)
        } catch {
            throw .malformed(endpoint, "row \(error.row), trade \(error.id), is out of order")
        }
    }
}
