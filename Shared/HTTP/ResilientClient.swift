internal import Synchronization

/// A transport that keeps to a rate budget and retries what may be retried.
///
/// The thin shell around ``RateLimiter`` and ``RetryPolicy``: it asks them, waits by the clock it was given, and sends.
/// Share one value among all users of a venue's address, since the venue counts them together.
public final class ResilientClient: Sendable {
    private struct State {
        var limiter: RateLimiter
        var random: any RandomNumberGenerator & Sendable
    }

    private let transport: any HTTPTransport
    private let policy: RetryPolicy
    private let longestWait: Duration
    private let usage: @Sendable (HTTPResponse) -> RateLimiter.Usage?
    private let elapsed: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let state: Mutex<State>

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - transport: what sends the requests.
    ///   - limiter: the venue's budget.
    ///   - policy: when to try again.
    ///   - longestWait: how long a request may wait for the budget; beyond, it fails with
    ///     ``HTTPError/rateLimited(retryAfter:)``.
    ///   - clock: measures and waits.
    ///   - random: draws the jitter.
    ///   - usage: reads what the venue's headers say about the budget.
    public init<C: Clock>(
        transport: some HTTPTransport, limiter: RateLimiter, policy: RetryPolicy = RetryPolicy(),
        longestWait: Duration = .seconds(120), clock: C, random: some RandomNumberGenerator & Sendable,
        usage: @escaping @Sendable (HTTPResponse) -> RateLimiter.Usage? = { _ in nil }
    ) where C.Duration == Duration {
        self.transport = transport
        self.policy = policy
        self.longestWait = longestWait
        self.usage = usage
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
        state = Mutex(State(limiter: limiter, random: random))
    }

    /// Sends a request when the budget allows, and again while ``RetryPolicy`` says so.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - weight: what the venue charges for it; each attempt is charged.
    /// - Returns: the last answer, whatever its status.
    /// - Throws: the last ``HTTPError`` when no attempt got a complete answer.
    public func send(_ request: HTTPRequest, weight: Int = 1) async throws(HTTPError) -> HTTPResponse {
        var attempt = 0
        while true {
            try await waitForBudget(weight)
            let outcome = await attemptOnce(request)
            switch decide(request, attempt: attempt, outcome: outcome) {
            case .giveUp: return try outcome.get()
            case .retry(let delay): try await pause(delay)
            }
            attempt += 1
        }
    }

    private func attemptOnce(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPError> {
        do throws(HTTPError) { return .success(try await transport.send(request)) } catch { return .failure(error) }
    }

    private func waitForBudget(_ weight: Int) async throws(HTTPError) {
        while true {
            let decision = state.withLock { $0.limiter.acquire(weight, at: elapsed()) }
            guard case .wait(let wait) = decision else { return }
            guard wait <= longestWait else { throw .rateLimited(retryAfter: wait) }
            try await pause(wait)
        }
    }

    /// Tells the limiter what the answer says, and asks the policy what follows.
    private func decide(
        _ request: HTTPRequest, attempt: Int, outcome: Result<HTTPResponse, HTTPError>
    ) -> RetryPolicy.Decision {
        state.withLock { state in
            let now = elapsed()
            if case .success(let response) = outcome {
                if let usage = usage(response) { state.limiter.observe(usage, at: now) }
                // A refusal concerns everyone behind this budget, not only the request that met it.
                if let wait = response.retryAfter, !response.isSuccess { state.limiter.pause(for: wait, at: now) }
            }
            return policy.decide(request, attempt: attempt, outcome: outcome, using: &state.random)
        }
    }

    private func pause(_ duration: Duration) async throws(HTTPError) {
        do { try await sleep(duration) } catch { throw .cancelled }
    }
}
