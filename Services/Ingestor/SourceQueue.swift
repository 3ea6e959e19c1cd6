internal import Market
internal import Schema
internal import Synchronization

/// Steps on their way from a fetching task to the feed's thread; bounded.
final class SourceQueue: Sendable {
    struct Step: Sendable {
        let closeTime: UnixNanos
        let rows: [CandleRow]
    }

    private struct State {
        var steps: [Step] = []
        var hasStarted = false
        var behind: UnixNanos?
    }

    private let state = Mutex(State())
    private static let capacity = 10_000

    /// Called by the feed's thread once it knows how far the stored feed is.
    func start(behind: UnixNanos?) { state.withLock { ($0.hasStarted, $0.behind) = (true, behind) } }

    /// Where to begin; `nil` while the feed's thread has not said so.
    var beginning: (behind: UnixNanos?, Void)? { state.withLock { $0.hasStarted ? ($0.behind, ()) : nil } }

    var hasRoom: Bool { state.withLock { $0.steps.count < Self.capacity } }
    func put(_ step: Step) { state.withLock { $0.steps.append(step) } }
    func take() -> Step? { state.withLock { $0.steps.isEmpty ? nil : $0.steps.removeFirst() } }
}

/// The feed's end of a ``SourceQueue``.
struct QueuedSource: FeedSource {
    let name = "exchange"
    let detail: String
    let from: UnixNanos? = nil
    let to: UnixNanos?
    private let queue: SourceQueue

    init(queue: SourceQueue, venue: String, to: UnixNanos?) {
        self.queue = queue
        self.to = to
        detail = venue
    }

    mutating func next() -> SourceAnswer {
        guard let step = queue.take() else { return .waiting }
        if let to, step.closeTime > to { return .finished }
        return .step(closeTime: step.closeTime, rows: step.rows, malformed: [])
    }
}
