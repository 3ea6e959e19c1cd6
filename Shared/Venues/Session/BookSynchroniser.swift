internal import DequeModule
public import Market
public import Schema

/// Follows one order book by its venue's rules: joins snapshot and updates, and notices when an update is missing.
///
/// Pure. While there is no snapshot, updates are kept, as Binance documents ("How to manage a local order book
/// correctly"), so that none is lost between the snapshot's making and its arrival.
public struct BookSynchroniser: Sendable {
    /// What became of a snapshot or an update.
    public enum Verdict: Sendable, Equatable {
        /// The book is whole and has changed.
        case applied
        /// Nothing new.
        case stale
        /// Kept until there is a snapshot.
        case kept
        /// An update is missing before this one, or the snapshot is older than the updates at hand: a new snapshot must come.
        case gap
    }

    private enum State {
        /// No snapshot yet, and what has come meanwhile.
        case waiting(Deque<DepthUpdate>)
        /// The number of the last change in the book, and whether an update has followed the snapshot.
        case following(last: UInt64?, isJoined: Bool)
    }

    /// Updates kept while waiting; the oldest leave first, which a later snapshot makes up for.
    private static let capacity = 10_000
    public let rules: DepthRules
    /// What the venue has told; right only while ``isWhole``.
    public private(set) var book: OrderBook
    private var state = State.waiting([])

    public init(instrument: Instrument, rules: DepthRules) {
        self.rules = rules
        book = OrderBook(instrument: instrument, levels: rules.levels)
    }

    /// Whether every change up to the last one applied is in the book.
    public var isWhole: Bool { if case .following = state { true } else { false } }

    /// The number of the last change in the book; `nil` while it is not whole, and where the venue has no numbers.
    public var lastSequence: UInt64? { if case .following(let last, _) = state { last } else { nil } }

    /// Takes note that something was lost elsewhere, such as the connection: a new snapshot must come.
    public mutating func lose() { state = .waiting([]) }

    /// Begins the book anew, and applies what was kept and is not in it yet.
    ///
    /// ``Verdict/gap`` when the updates at hand do not continue it; they are kept for the next snapshot.
    public mutating func take(_ snapshot: DepthSnapshot) -> Verdict {
        if case .following(let last?, _) = state, let sequence = snapshot.sequence, sequence < last { return .stale }
        let kept: Deque<DepthUpdate> = if case .waiting(let updates) = state { updates } else { [] }
        book.replace(bids: snapshot.bids, asks: snapshot.asks)
        guard hasChecksum(snapshot.checksum) else {
            state = .waiting([])
            return .gap
        }
        state = .following(last: snapshot.sequence, isJoined: false)
        for (index, update) in kept.enumerated() where take(update) == .gap {
            state = .waiting(Deque(kept.dropFirst(index)))
            return .gap
        }
        return .applied
    }

    /// Applies an update, or keeps it until there is a snapshot.
    public mutating func take(_ update: DepthUpdate) -> Verdict {
        switch state {
        case .waiting(var updates):
            // A snapshot that comes in the stream holds everything that came before it.
            guard rules.snapshot == .requested else { return .stale }
            state = .waiting([])
            if updates.count == Self.capacity { updates.removeFirst() }
            updates.append(update)
            state = .waiting(updates)
            return .kept
        case .following(let last, let isJoined):
            switch continuity(of: update, after: last, isJoined: isJoined) {
            case .stale: return .stale
            case .gap: break
            case .next:
                book.apply(bids: update.bids, asks: update.asks)
                state = .following(last: update.lastSequence ?? last, isJoined: true)
                if hasChecksum(update.checksum) { return .applied }
            }
            state = .waiting(rules.snapshot == .requested ? [update] : [])
            return .gap
        }
    }

    private enum Continuity { case stale, next, gap }

    private func continuity(of update: DepthUpdate, after last: UInt64?, isJoined: Bool) -> Continuity {
        switch rules.continuity {
        case .connection, .checksum, .none: return .next
        case .ranges:
            guard let last, let first = update.firstSequence, let end = update.lastSequence else { return .gap }
            if end <= last { return .stale }
            return first <= last + 1 ? .next : .gap
        case .linked:
            guard let last, let first = update.firstSequence, let end = update.lastSequence else { return .gap }
            if end < last || isJoined && end == last { return .stale }
            // The update that directly follows the snapshot continues it too.
            if update.previousSequence == last { return .next }
            return !isJoined && first <= last ? .next : .gap
        }
    }

    private func hasChecksum(_ checksum: DepthChecksum?) -> Bool {
        guard let checksum, rules.continuity == .checksum else { return true }
        let own = book.checksum(pricePlaces: checksum.pricePlaces, quantityPlaces: checksum.quantityPlaces)
        return own == checksum.value
    }
}
