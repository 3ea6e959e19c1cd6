internal import Market
internal import Schema
internal import ServiceKit

/// The feed's end of a ``LiveQueue``.
struct VenueSource: FeedSource {
    let detail: String
    private let to: UnixNanos?
    private let queue: LiveQueue
    /// Until when, on a monotonic clock, every venue must have answered; `nil` where they are waited for.
    private var deadline: Int64?

    /// Creates the source.
    ///
    /// - Parameters:
    ///   - queue: filled by the venues' followers.
    ///   - detail: the venues and their addresses, for a person.
    ///   - to: the last moment.
    ///   - patience: nanoseconds after which a source whose venues do not answer is given up; `nil` never does.
    init(queue: LiveQueue, detail: String, to: UnixNanos?, patience: Int64?) {
        (self.queue, self.detail, self.to) = (queue, detail, to)
        deadline = patience.map { WallClock.monotonic + $0 }
    }

    mutating func next() -> SourceAnswer {
        if let deadline {
            guard let reason = queue.unreached else {
                self.deadline = nil
                return next()
            }
            guard WallClock.monotonic > deadline else { return .waiting }
            queue.close()
            return .unavailable(reason)
        }
        guard let step = queue.next(at: WallClock.now) else { return .waiting }
        if let to, step.closeTime > to { return .finished }
        return .step(step)
    }
}
