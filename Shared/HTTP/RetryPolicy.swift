/// When to send a request again, and after how long: exponential backoff with full jitter.
///
/// Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: the wait before retry *n* is uniform between
/// zero and `min(cap, base · 2ⁿ)`. Pure: the caller passes the random generator and does the waiting.
public struct RetryPolicy: Sendable, Equatable {
    /// What to do after an attempt.
    public enum Decision: Sendable, Equatable {
        case giveUp
        case retry(after: Duration)
    }

    /// How often a request is sent in all, the first time included.
    public var attempts: Int
    /// The longest wait before the first retry.
    public var base: Duration
    /// The longest wait before any retry, unless the server asks for more.
    public var cap: Duration
    /// A server that asks for more than this is not waited for.
    public var longestRetryAfter: Duration
    /// The statuses worth another try.
    public var retryableStatuses: Set<Int>

    public init(
        attempts: Int = 5, base: Duration = .milliseconds(250), cap: Duration = .seconds(20),
        longestRetryAfter: Duration = .seconds(120),
        retryableStatuses: Set<Int> = [408, 425, 429, 500, 502, 503, 504]
    ) {
        precondition(attempts >= 1, "a request is sent at least once")
        precondition(base > .zero && cap >= base, "0 < base ≤ cap")
        self.attempts = attempts
        self.base = base
        self.cap = cap
        self.longestRetryAfter = longestRetryAfter
        self.retryableStatuses = retryableStatuses
    }

    /// The longest wait before retry `attempt`, counted from zero: `min(cap, base · 2^attempt)`.
    public func ceiling(attempt: Int) -> Duration {
        precondition(attempt >= 0, "attempts count from zero")
        var ceiling = base
        // Doubling stops at the cap, so no attempt number overflows.
        for _ in 0..<attempt where ceiling < cap { ceiling = min(cap, ceiling * 2) }
        return ceiling
    }

    /// A wait before retry `attempt`, counted from zero; uniform between zero and ``ceiling(attempt:)``.
    public func delay(attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        let ceiling = Int64(clamping: ceiling(attempt: attempt).wholeNanos)
        return .nanoseconds(Int64.random(in: 0...ceiling, using: &random))
    }

    /// Whether to send `request` again after attempt number `attempt`, counted from zero, ended with `outcome`.
    ///
    /// Only idempotent requests are sent again. When the server says `Retry-After`, the wait is that and the jitter on
    /// top, so that many clients do not return in the same instant.
    public func decide(
        _ request: HTTPRequest, attempt: Int, outcome: Result<HTTPResponse, HTTPError>,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        guard request.isIdempotent, attempt + 1 < attempts else { return .giveUp }
        switch outcome {
        case .failure(let error):
            return error.isTransient ? .retry(after: delay(attempt: attempt, using: &random)) : .giveUp
        case .success(let response):
            guard retryableStatuses.contains(response.status) else { return .giveUp }
            let asked = response.retryAfter ?? .zero
            guard asked <= longestRetryAfter else { return .giveUp }
            return .retry(after: asked + delay(attempt: attempt, using: &random))
        }
    }
}
