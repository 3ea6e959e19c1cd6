internal import Schema
internal import Store
internal import Synchronization

/// What the two threads of a trainer tell each other about the job in hand.
final class JobWatch: Sendable {
    private struct State {
        var lease: JobLease?
        var isLost = false
        var position = FeedPosition.start
    }

    private let state = Mutex(State())

    /// The lease in hand, unless it is lost.
    var lease: JobLease? { state.withLock { $0.isLost ? nil : $0.lease } }
    /// Whether the job in hand belongs to another trainer by now.
    var isLost: Bool { state.withLock { $0.isLost } }
    /// The last position of the feed that was read.
    var position: FeedPosition { state.withLock { $0.position } }

    /// `none`, `held` or `lost`, for the metrics.
    var leaseState: String { state.withLock { $0.lease == nil ? "none" : $0.isLost ? "lost" : "held" } }

    func begin(_ lease: JobLease) {
        state.withLock {
            $0.lease = lease
            $0.isLost = false
        }
    }

    func end() { state.withLock { $0.lease = nil } }

    func read(upTo position: FeedPosition) { state.withLock { $0.position = position } }

    /// Says that a lease is lost; one that is not in hand any more is of no interest.
    func lose(_ lease: JobLease) {
        state.withLock { state in
            guard let held = state.lease, held.job.id == lease.job.id, held.job.attempts == lease.job.attempts else {
                return
            }
            state.isLost = true
        }
    }
}
