public import HTTP

/// What holds for every request to Binance.
///
/// Binance, "Spot API documentation", General API Information and Limits; the same of "USDⓈ-M Futures".
public enum Binance {
    /// The spot venue's name in ``Schema/Instrument/venue``.
    public static let venue = "binance"
    /// The address of the spot venue's public interface.
    public static let address = "https://api.binance.com"

    /// The budget of one address: request weight a minute, of which we use nine tenths.
    public static func limiter(_ product: BinanceProduct = .spot) -> RateLimiter {
        let budget = product.weightPerMinute / 10 * 9
        return RateLimiter(budget: budget, per: .seconds(60), burst: min(1000, budget / 3))
    }

    /// The usual policy, and 418, by which Binance says that an address is banned for a while.
    public static var retryPolicy: RetryPolicy {
        var policy = RetryPolicy()
        policy.retryableStatuses.insert(418)
        return policy
    }

    /// Reads the weight used from an answer's `X-MBX-USED-WEIGHT-1M`.
    ///
    /// The venue counts by the minutes of its own clock, which the `Date` of the answer tells.
    public static func usage(_ response: HTTPResponse) -> RateLimiter.Usage? {
        guard let used = response.headers["X-MBX-USED-WEIGHT-1M"].flatMap({ Int($0) }), used >= 0 else { return nil }
        let remaining = response.date.map { 60 - $0 % 60 } ?? 60
        return RateLimiter.Usage(used: used, windowRemaining: .seconds(remaining))
    }

    /// A client that keeps to Binance's limits; share one among everything that talks to one product.
    public static func client<C: Clock>(
        transport: some HTTPTransport, product: BinanceProduct = .spot, clock: C,
        random: some RandomNumberGenerator & Sendable
    ) -> ResilientClient where C.Duration == Duration {
        ResilientClient(
            transport: transport, limiter: limiter(product), policy: retryPolicy, clock: clock, random: random,
            usage: { usage($0) })
    }
}
