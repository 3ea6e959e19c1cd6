internal import Schema

/// A moment at which the feed waits until there is a model to trade with.
///
/// The first models learn from what was fed up to it.
struct FeedHold {
    private let moment: UnixNanos
    private var lastAsked = Int64.min

    init(_ moment: UnixNanos) { self.moment = moment }

    /// Whether a step that closes at `time` lies behind the hold.
    func isBefore(_ time: UnixNanos) -> Bool { time > moment }

    /// Whether it is time to look for a champion again, ten times a second.
    mutating func asks(at now: Int64) -> Bool {
        guard lastAsked < now - 100_000_000 else { return false }
        lastAsked = now
        return true
    }
}
