public import HTTP
public import Market
public import Schema

/// Follows one connection's market data through everything that can happen to it, and loses nothing.
///
/// Pure: it takes what happened and when, and returns what to do. It connects, subscribes, waits for the acknowledgements,
/// passes on what comes, notices silence, holes and nonsense, rests with backoff and jitter, connects again, and fills by
/// REST what was missed: trades and candles by asking for them, order books by a new snapshot.
public struct MarketDataSession: Sendable {
    /// Something that happened.
    public enum Input: Sendable {
        case started
        case connected
        case message([UInt8], receivedAt: UnixNanos)
        /// The connection ended, or none came about.
        case disconnected(WebSocketError)
        case answered(MarketDataRequest, MarketDataAnswer)
        /// Time has passed.
        case woken
    }

    /// Something to do.
    public enum Action: Sendable, Equatable {
        /// Open ``MarketDataSession/connection``.
        case connect
        /// Close it; ``Input/disconnected(_:)`` follows.
        case disconnect
        /// Send text frames, no faster than the venue allows.
        case send([String])
        case request(MarketDataRequest)
        case emit(MarketDataEvent)
    }

    /// A moment by two clocks.
    public struct Moment: Sendable, Equatable {
        /// Since any fixed moment; it never runs backwards, and measures spans.
        public let elapsed: Duration
        /// Our clock's time, which stamps events.
        public let time: UnixNanos

        public init(elapsed: Duration, time: UnixNanos) { (self.elapsed, self.time) = (elapsed, time) }
    }

    enum Phase: Sendable, Equatable {
        case connecting
        /// The answers to subscriptions that have not come.
        case subscribing(remaining: Int)
        case live(since: Duration)
        /// The connection is being closed.
        case closing
        case resting
    }

    enum Alarm: Hashable, Sendable {
        case acknowledgement, silence, ping, age, reconnect, clock
        case retry(MarketDataStream)
    }

    /// How a stream stands.
    struct Standing: Sendable {
        /// The time of the last event, by the venue's clock.
        var lastTime: UnixNanos?
        /// Whether a gap was announced and has not ended.
        var isGap = false
        var backfilled = 0
        var isComplete = true
        /// Pauses made in the present gap.
        var attempts = 0
        /// Answers in the present gap that lacked something.
        var misses = 0
        /// The number of the request that is waited for.
        var request: UInt64?
    }

    /// How long the venue may take to acknowledge all subscriptions.
    static let acknowledgementTimeout = Duration.seconds(15)
    /// How often the venue is asked for its time.
    static let clockInterval = Duration.seconds(300)
    /// How often the venue is asked again for a stream that it refused while it sends others.
    static let refusalInterval = Duration.seconds(300)
    /// How often the venue's archive is asked for what it ought to have before it counts as lost.
    static let archiveAttempts = 6

    public let connection: VenueConnection
    let feed: any VenueFeed
    let policy: RetryPolicy
    var random: any RandomNumberGenerator & Sendable
    var phase = Phase.resting
    var alarms: [Alarm: Duration] = [:]
    /// Connections in a row that did not last.
    var failures = 0
    var lastRequest: UInt64 = 0
    var lastMessageNumber: UInt64?
    var downSince: Duration?
    var standings: [MarketDataStream: Standing] = [:]
    /// The streams in a fixed order, so that equal histories give equal actions.
    let streams: [MarketDataStream]
    var trades: [Instrument: TradeFollower] = [:]
    var candles: [MarketDataStream: CandleFollower] = [:]
    var books: [Instrument: BookSynchroniser] = [:]
    var lastBooks: [Instrument: (bids: [BookLevel], asks: [BookLevel])] = [:]
    var lastQuotes: [Instrument: UInt64] = [:]
    /// What the venue refused on this connection, until it sends it after all; and whose refusal was told.
    var refusedStreams: Set<MarketDataStream> = []
    var toldRefused: Set<Instrument> = []
    var skew = ClockSkew()
    var actions: [Action] = []
    var now = Moment(elapsed: .zero, time: UnixNanos(0))
    public internal(set) var statistics = MarketDataStatistics()

    /// Creates a session that has not begun.
    ///
    /// - Parameters:
    ///   - feed: the venue's dialect.
    ///   - connection: one that the feed made for these channels and instruments.
    ///   - channels: what was asked for.
    ///   - instruments: of what.
    ///   - known: the newest trades that the consumer has already; what came since is fetched. An instrument without one
    ///     begins with the first trade that comes.
    ///   - policy: how long to rest between attempts, and between requests by REST that failed.
    ///   - random: draws the jitter.
    public init(
        feed: any VenueFeed, connection: VenueConnection, channels: Set<VenueChannel>, instruments: [Instrument],
        after known: [Instrument: NumberedTrade] = [:],
        policy: RetryPolicy = RetryPolicy(base: .milliseconds(500), cap: .seconds(30)),
        random: some RandomNumberGenerator & Sendable
    ) {
        self.feed = feed
        self.connection = connection
        self.policy = policy
        self.random = random
        let ordered = channels.sorted { $0.description < $1.description }
        streams = instruments.sorted().flatMap { instrument in ordered.map { MarketDataStream(instrument, $0) } }
        for stream in streams {
            standings[stream] = Standing()
            switch stream.channel {
            case .trades: trades[stream.instrument] = TradeFollower(behind: known[stream.instrument])
            case .depth:
                books[stream.instrument] = BookSynchroniser(instrument: stream.instrument, rules: feed.depthRules)
            case .candles(let timeframe): candles[stream] = CandleFollower(timeframe: timeframe)
            case .quotes, .fundingRates, .openInterest, .liquidations: break
            }
        }
    }

    /// When ``Input/woken`` is due; `nil` when nothing is waited for.
    public var deadline: Duration? { alarms.values.min() }

    /// Takes something that happened.
    ///
    /// - Returns: what to do, in this order.
    public mutating func handle(_ input: Input, at moment: Moment) -> [Action] {
        now = moment
        switch input {
        case .started: start()
        case .connected: connected()
        case .message(let bytes, let receivedAt): receive(bytes, receivedAt)
        case .disconnected(let error): disconnected(error)
        case .answered(let request, let answer): take(answer, to: request)
        case .woken: ring()
        }
        defer { actions = [] }
        return actions
    }

    mutating func emit(_ event: MarketDataEvent) { actions.append(.emit(event)) }
}
