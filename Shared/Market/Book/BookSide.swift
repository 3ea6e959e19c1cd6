internal import Schema

/// The levels of one side of an order book.
///
/// An array in order of price with the best one at the end: nearly every change is at or near the best price, where
/// looking from the end finds the place in a few steps, and moving what lies behind it moves next to nothing. A tree would
/// make the deep levels cheaper, which hardly ever change, and the others dearer.
struct BookSide: Sendable, Equatable {
    /// The sign that makes the better price the greater one: 1 for bids, -1 for asks.
    private let sign: Double
    /// The worst price first.
    private var levels: [BookLevel] = []

    init(isBid: Bool) { sign = isBid ? 1 : -1 }

    var count: Int { levels.count }
    var best: BookLevel? { levels.last }

    /// The best levels, at most `limit`, the best first.
    func best(_ limit: Int) -> [BookLevel] { Array(levels.suffix(limit).reversed()) }

    /// Forgets everything and takes these levels, in any order.
    mutating func replace(with new: [BookLevel]) {
        levels.removeAll(keepingCapacity: true)
        levels.reserveCapacity(new.count)
        // Venues send the best first.
        for level in new.reversed() { set(level) }
    }

    /// Puts a level in, changes it, or with quantity zero takes it out.
    mutating func set(_ level: BookLevel) {
        let index = place(of: level.price)
        let isThere = index < levels.count && levels[index].price == level.price
        switch (isThere, level.quantity > 0) {
        case (true, true): levels[index] = level
        case (true, false): levels.remove(at: index)
        case (false, true): levels.insert(level, at: index)
        case (false, false): break
        }
    }

    /// Drops all but the best `limit` levels.
    mutating func cut(to limit: Int) {
        if levels.count > limit { levels.removeFirst(levels.count - limit) }
    }

    /// The index of the first level whose price is as good as `price` or better.
    ///
    /// Steps of doubling width from the best price, then halves the last step: Bentley and Yao, "An almost optimal
    /// algorithm for unbounded searching", Information Processing Letters 5 (1976).
    private func place(of price: Double) -> Int {
        let key = sign * price
        var high = levels.count
        var step = 1
        while high - step >= 0, sign * levels[high - step].price >= key {
            high -= step
            step *= 2
        }
        var low = max(0, high - step)
        while low < high {
            let middle = (low + high) / 2
            if sign * levels[middle].price >= key { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
