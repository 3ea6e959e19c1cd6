public import Schema
internal import Synchronization

/// Whether a service lives and is ready, for `/healthz`, `/readyz` and the status table.
public final class Health: Sendable {
    private struct State {
        var isReady = false
        var reason = "starting"
        var lastError: (text: String, time: UnixNanos)?
    }

    private let state = Mutex(State())

    public init() {}

    public func becomeReady() { state.withLock { ($0.isReady, $0.reason) = (true, "ready") } }
    public func becomeUnready(_ reason: String) { state.withLock { ($0.isReady, $0.reason) = (false, reason) } }
    /// Keeps the last thing that went wrong, for people.
    public func note(error: String) {
        let now = WallClock.now
        state.withLock { $0.lastError = (error, now) }
    }

    public var isReady: Bool { state.withLock { $0.isReady } }
    public var reason: String { state.withLock { $0.reason } }
    public var lastError: (text: String, time: UnixNanos)? { state.withLock { $0.lastError } }
}
