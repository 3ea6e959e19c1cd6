/// An order book in the venue's own digits, to answer with what a recording comes to.
public struct RecordedBook: Sendable, Equatable {
    /// A price and the quantity that waits there, as the venue writes them.
    public struct Level: Sendable, Equatable {
        public let price: String
        public let quantity: String
        /// The price as a number; not a number for a text that is none.
        public let value: Double

        public init(_ price: String, _ quantity: String) {
            (self.price, self.quantity, value) = (price, quantity, Double(price) ?? .nan)
        }

        /// Whether nothing waits at the price any more.
        public var isEmpty: Bool { Double(quantity) == 0 }
    }

    /// What an update says.
    public struct Change: Sendable {
        public let isBid: Bool
        public let level: Level

        public init(isBid: Bool, _ level: Level) { (self.isBid, self.level) = (isBid, level) }
    }

    /// The best first.
    public private(set) var bids: [Level] = []
    public private(set) var asks: [Level] = []

    /// Creates a book from levels in any order.
    public init(bids: [Level] = [], asks: [Level] = []) {
        for level in bids { apply(Change(isBid: true, level)) }
        for level in asks { apply(Change(isBid: false, level)) }
    }

    public mutating func apply(_ change: Change) {
        if change.isBid {
            Self.set(change.level, in: &bids) { $0 > $1 }
        } else {
            Self.set(change.level, in: &asks) { $0 < $1 }
        }
    }

    private static func set(_ level: Level, in side: inout [Level], isBetter: (Double, Double) -> Bool) {
        let price = level.value
        var (low, high) = (0, side.count)
        while low < high {
            let middle = (low + high) / 2
            if isBetter(side[middle].value, price) { low = middle + 1 } else { high = middle }
        }
        let isThere = low < side.count && side[low].value == price
        switch (isThere, level.isEmpty) {
        case (true, true): side.remove(at: low)
        case (true, false): side[low] = level
        case (false, true): break
        case (false, false): side.insert(level, at: low)
        }
    }
}

/// The course of an order book over a recording.
public struct RecordedDepth: Sendable {
    /// Something that changed with a step.
    public struct Update: Sendable {
        public let step: Int
        /// The venue's number of it, or a checksum; zero where there is none.
        public let mark: UInt64
        public let changes: [RecordedBook.Change]

        public init(step: Int, mark: UInt64 = 0, _ changes: [RecordedBook.Change]) {
            (self.step, self.mark, self.changes) = (step, mark, changes)
        }
    }

    private static let stride = 250
    private let updates: [Update]
    /// The book before every so many updates, so that none has to be made from the beginning.
    private let books: [RecordedBook]
    private let mark: UInt64

    /// Creates the course of a book from what it was at first, and the updates in the order of their steps.
    public init(_ start: RecordedBook, mark: UInt64 = 0, _ updates: [Update]) {
        self.updates = updates
        self.mark = mark
        var (book, books) = (start, [RecordedBook]())
        for (index, update) in updates.enumerated() {
            if index.isMultiple(of: Self.stride) { books.append(book) }
            for change in update.changes { book.apply(change) }
        }
        self.books = books.isEmpty ? [start] : books
    }

    /// The book after so many steps, and the mark of the last update in it.
    public func book(after steps: Int) -> (book: RecordedBook, mark: UInt64) {
        var (low, high) = (0, updates.count)
        while low < high {
            let middle = (low + high) / 2
            if updates[middle].step < steps { low = middle + 1 } else { high = middle }
        }
        let base = min(low / Self.stride, books.count - 1)
        var book = books[base]
        for update in updates[(base * Self.stride)..<low] {
            for change in update.changes { book.apply(change) }
        }
        return (book, low > 0 ? updates[low - 1].mark : mark)
    }
}
