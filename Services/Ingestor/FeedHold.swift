internal import Schema

/// A moment at which the feed waits until there is a model to trade with.
///
/// The first models learn from what was fed up to it.
struct FeedHold {
    let moment: UnixNanos
    /// Whether everything up to the moment is out, and the feed waits.
    private(set) var isReached = false
    private var lastAsked = Int64.min

    init(_ moment: UnixNanos) { self.moment = moment }

    /// Whether a step that closes at `time` lies behind the hold.
    func isBefore(_ time: UnixNanos) -> Bool { time > moment }

    /// Whether it is time to look for a champion again, ten times a second; the moment is reached.
    mutating func asks(at now: Int64) -> Bool {
        isReached = true
        guard lastAsked < now - 100_000_000 else { return false }
        lastAsked = now
        return true
    }
}
