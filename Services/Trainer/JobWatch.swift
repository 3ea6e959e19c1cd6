internal import Schema
internal import Store
internal import Synchronization

/// What the two threads of a trainer tell each other about the work in hand.
final class JobWatch: Sendable {
    private struct State {
        var claim: Claim?
        var isLost = false
        var position = FeedPosition.start
    }

    private let state = Mutex(State())

    /// What is in hand, unless it is lost.
    var claim: Claim? { state.withLock { $0.isLost ? nil : $0.claim } }
    /// Whether what is in hand belongs to another trainer by now.
    var isLost: Bool { state.withLock { $0.isLost } }
    /// The last position of the feed that was read.
    var position: FeedPosition { state.withLock { $0.position } }

    /// `none`, `held` or `lost`, for the metrics.
    var leaseState: String { state.withLock { $0.claim == nil ? "none" : $0.isLost ? "lost" : "held" } }

    func begin(_ claim: Claim) {
        state.withLock {
            $0.claim = claim
            $0.isLost = false
        }
    }

    func end() { state.withLock { $0.claim = nil } }

    func read(upTo position: FeedPosition) { state.withLock { $0.position = position } }

    /// Says that a claim is lost; one that is not in hand any more is of no interest.
    func lose(_ claim: Claim) {
        state.withLock { state in
            guard state.claim == claim else { return }
            state.isLost = true
        }
    }
}
