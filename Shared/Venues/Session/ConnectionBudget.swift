public import HTTP
internal import Synchronization

/// Keeps the connections opened to a venue within what it allows; share one among all that connect to it.
public final class ConnectionBudget: Sendable {
    private let limiter: Mutex<RateLimiter>
    private let elapsed: @Sendable () -> Duration

    /// Creates a budget that measures time by a clock.
    public init<C: Clock>(_ allowance: ConnectionRules.Allowance, clock: C) where C.Duration == Duration {
        // A limiter that may burst needs a budget of two; one a span is at most two in two spans, one at a time.
        let limiter =
            allowance.count > 1
            ? RateLimiter(budget: allowance.count, per: allowance.per)
            : RateLimiter(budget: 2, per: allowance.per * 2, burst: 1)
        self.limiter = Mutex(limiter)
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    /// Takes the right to open one connection, or says how long to wait before asking again.
    public func acquire() -> RateLimiter.Decision {
        limiter.withLock { $0.acquire(1, at: elapsed()) }
    }
}
