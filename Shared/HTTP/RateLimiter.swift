/// Keeps the weight of requests within a budget per period: a token bucket that learns from the server.
///
/// Pure: the caller passes the time, as a duration since any fixed moment, and it must not run backwards (an earlier
/// time counts as the latest one seen).
///
/// Guarantee: over any window as long as the period, wherever it begins, the granted weights sum to at most the budget.
/// The bucket holds `burst` and refills by `budget − burst` a period, so a full bucket and what flows in meanwhile
/// together are the budget. All arithmetic is on whole numbers, so the guarantee is exact.
public struct RateLimiter: Sendable, Equatable {
    /// What ``acquire(_:at:)`` decided.
    public enum Decision: Sendable, Equatable {
        /// The weight is taken; send now.
        case granted
        /// Nothing is taken; ask again after this long.
        case wait(Duration)
    }

    /// What a server said about the weight used so far.
    public struct Usage: Sendable, Equatable {
        /// The weight used in the server's current window, by everyone it counts together with us.
        public let used: Int
        /// How long the server's window still lasts.
        public let windowRemaining: Duration

        public init(used: Int, windowRemaining: Duration) {
            (self.used, self.windowRemaining) = (used, windowRemaining)
        }
    }

    /// The most weight granted over any period.
    public let budget: Int
    /// The most weight granted at once.
    public let burst: Int
    private let periodNanos: Int128
    /// Weight at hand, times ``periodNanos``.
    private var level: Int128
    private var now: Int128 = 0
    private var blockedUntil: Int128 = 0

    /// Creates a full bucket.
    ///
    /// - Parameters:
    ///   - budget: the most weight over any `period`.
    ///   - period: the length of the window.
    ///   - burst: the most weight at once, below the budget; half the budget if not given.
    public init(budget: Int, per period: Duration, burst: Int? = nil) {
        let burst = burst ?? budget / 2
        precondition(burst > 0 && burst < budget, "a burst is above zero and below the budget")
        precondition(period > .zero, "a period is above zero")
        self.budget = budget
        self.burst = burst
        periodNanos = period.wholeNanos
        level = Int128(burst) * periodNanos
    }

    /// Takes `weight` if it is at hand, or says how long to wait.
    ///
    /// The weight is 0 to ``burst``; more could never be granted, so asking for more is a programming error.
    public mutating func acquire(_ weight: Int, at time: Duration) -> Decision {
        precondition(weight >= 0 && weight <= burst, "weight \(weight) is outside 0...\(burst)")
        advance(to: time)
        let needed = Int128(weight) * periodNanos
        let missing = max(0, needed - level)
        let refill = Int128(budget - burst)
        let wait = max((missing + refill - 1) / refill, blockedUntil - now)
        guard wait <= 0 else { return .wait(Duration(wholeNanos: wait)) }
        level -= needed
        return .granted
    }

    /// Lowers the weight at hand to what the server's count leaves; when nothing is left, waits for its next window.
    public mutating func observe(_ usage: Usage, at time: Duration) {
        advance(to: time)
        level = min(level, Int128(max(0, budget - usage.used)) * periodNanos)
        if usage.used >= budget { pause(for: usage.windowRemaining, at: time) }
    }

    /// Grants nothing for `duration` from now; a pause is never shortened by a later, shorter one.
    public mutating func pause(for duration: Duration, at time: Duration) {
        advance(to: time)
        blockedUntil = max(blockedUntil, now + duration.wholeNanos)
    }

    private mutating func advance(to time: Duration) {
        let elapsed = max(0, time.wholeNanos - now)
        now += elapsed
        level = min(Int128(burst) * periodNanos, level + elapsed * Int128(budget - burst))
    }
}

extension Duration {
    /// Nanoseconds, rounded down.
    var wholeNanos: Int128 {
        let (quotient, remainder) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    init(wholeNanos: Int128) { self.init(attoseconds: wholeNanos * 1_000_000_000) }
}
