public import HTTP
public import Market
public import Schema
internal import Synchronization

/// Runs sessions over real connections: the thin shell around ``MarketDataSession``.
public struct MarketDataFeed<Random: RandomNumberGenerator & Sendable, C: Clock>: Sendable
where C.Duration == Duration {
    /// What a consumer takes; it ends by an error, ``MarketDataError``, or when the feed's closure does.
    public typealias Events = AsyncThrowingStream<MarketDataEvent, any Error>

    /// What a running feed lends.
    public struct Running: Sendable {
        /// What the venue says, in order per stream; one task may iterate.
        public let events: Events
        fileprivate let drivers: [SessionDriver<Random, C>]

        /// What each connection's session has seen and done so far.
        public var statistics: [MarketDataStatistics] { drivers.map(\.statistics) }
    }

    /// Events that wait for the consumer; more end the feed with ``MarketDataError/tooSlow(buffered:)``.
    public static var capacity: Int { 1 << 18 }

    let feed: any VenueFeed
    let marketData: any VenueMarketData
    let sockets: WebSocketClient<Random>
    let budget: ConnectionBudget
    let policy: RetryPolicy
    let clock: C
    let now: @Sendable () -> UnixNanos
    let random: Random

    /// Creates a feed that does nothing yet.
    ///
    /// - Parameters:
    ///   - feed: the venue's dialect.
    ///   - marketData: its REST interface, which fills holes.
    ///   - sockets: opens connections.
    ///   - budget: the connections that may be opened; share it among all feeds of a venue.
    ///   - policy: how long to rest after a failure.
    ///   - clock: measures and waits.
    ///   - now: our clock's time.
    ///   - random: draws the jitter.
    public init(
        feed: any VenueFeed, marketData: any VenueMarketData, sockets: WebSocketClient<Random>,
        budget: ConnectionBudget, policy: RetryPolicy = RetryPolicy(base: .milliseconds(500), cap: .seconds(30)),
        clock: C, now: @escaping @Sendable () -> UnixNanos, random: Random
    ) {
        self.feed = feed
        self.marketData = marketData
        self.sockets = sockets
        self.budget = budget
        self.policy = policy
        self.clock = clock
        self.now = now
        self.random = random
    }

    /// Follows the channels of the instruments while `body` runs, going on behind the trades that are
    /// known already.
    ///
    /// - Throws: what `body` throws; ``VenueError/unsupported(venue:_:)`` for what the venue cannot send;
    ///   ``WebSocketError/invalidAddress(_:)`` for an address of the feed that is none.
    public func withEvents<Result: Sendable>(
        _ channels: Set<VenueChannel>, of instruments: [Instrument], after known: [Instrument: NumberedTrade] = [:],
        _ body: @Sendable @escaping (Running) async throws -> Result
    ) async throws -> Result {
        let (events, output) = Events.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
        var random = random
        let drivers = try SessionPlan.parts(of: channels, instruments, feed).map { part in
            let session = MarketDataSession(
                feed: feed, connection: part.connection, channels: part.channels, instruments: part.instruments,
                after: known, policy: policy, random: SplitMix64(seed: random.next()))
            return try SessionDriver(session, self, output)
        }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            for driver in drivers {
                group.addTask {
                    await driver.run()
                    return nil
                }
            }
            group.addTask { try await body(Running(events: events, drivers: drivers)) }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }
}

/// Why a feed ends.
public enum MarketDataError: Error, Equatable, Sendable {
    /// The consumer let `buffered` events pile up; what came afterwards is lost, so it must begin anew.
    case tooSlow(buffered: Int)
}
