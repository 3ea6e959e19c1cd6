import Foundation
import HTTP
import Market
import Schema
import TestKit
import TestTraits
import Testing
import Venues

/// A clock that runs faster than the world's, so that pauses of seconds take milliseconds.
struct FastClock: Clock {
    /// How many times faster.
    private let factor: Int
    private let clock = ContinuousClock()

    init(factor: Int = 40) { self.factor = factor }

    var now: ContinuousClock.Instant {
        let origin = Self.origin
        return origin.advanced(by: origin.duration(to: clock.now) * factor)
    }
    var minimumResolution: Duration { clock.minimumResolution }

    private static let origin = ContinuousClock.now

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try await Task.sleep(for: max(.zero, now.duration(to: deadline) / factor))
    }
}

/// What came out of a session, and whether it came rightly.
struct ReceivedMarket {
    var trades: [Trade] = []
    var candles: [CandleRow] = []
    var book: Book?
    var books: [Instrument: Book] = [:]
    var quotes: [Instrument: Int] = [:]
    var open: Set<MarketDataStream> = []
    var gaps = 0
    /// The streams that ever were in gap.
    var gapped: Set<MarketDataStream> = []
    var losses: [MarketDataStream] = []
    /// Events of the archive that came outside a gap.
    var unannounced = 0
    /// Whether a trade came from the archive.
    var isArchived: @Sendable (Trade) -> Bool = { $0.receiveTime == UnixNanos(0) }

    mutating func take(_ event: MarketDataEvent) {
        switch event {
        case .trade(let numbered):
            let trade = numbered.trade
            trades.append(trade)
            if isArchived(trade), !open.contains(MarketDataStream(trade.instrument, .trades)) {
                unannounced += 1
            }
        case .candle(let row): candles.append(row)
        case .book(let book):
            self.book = book
            books[book.instrument] = book
        case .quote(let quote): quotes[quote.instrument, default: 0] += 1
        case .gap(let stream, _, _):
            gaps += 1
            gapped.insert(stream)
            if !open.insert(stream).inserted { unannounced += 1 }
        case .recovered(let stream, _, let isComplete):
            if open.remove(stream) == nil { unannounced += 1 }
            if !isComplete, stream.channel != .quotes { losses.append(stream) }
        case .anomaly, .sideValue, .fundingForecast, .status, .refused: break
        }
    }
}

@Suite("Sessions with a venue that fails", .sockets, .timeLimit(.minutes(20)), .serialized)
struct FaultySessionTests {
    private let instrument = Instrument("scripted.BTC-USD")
    /// More than any run comes to.
    private let steps = 20_000

    @Test(
        "Whatever goes wrong, what comes out equals the undisturbed market, and every hole was announced",
        arguments: ScriptedStyle.allCases, 0..<6 as Range<UInt64>)
    func everyFault(style: ScriptedStyle, seed: UInt64) async throws {
        let market = ScriptedMarket(instrument, seed: seed, steps: steps)
        let venue = FaultyVenue(market, style, seed: seed, oneIn: 150)
        let (received, statistics) = try await follow(market, venue, style, healedAt: 1500)
        print(
            "\(style.rawValue) \(seed): \(received.trades.count) trades, refused \(venue.refusals) times; \(statistics)"
        )
        try check(received, market)
        #expect(received.unannounced == 0 && received.losses == [])
        #expect(received.gaps == statistics.gaps && statistics.gaps == statistics.recoveries + statistics.losses)
        #expect(statistics.reconnects > 0 && statistics.backfilled > 0 && statistics.longestReconnect != nil)
    }

    @Test("Without faults no gap is announced and nothing is fetched", arguments: ScriptedStyle.allCases)
    func noFault(style: ScriptedStyle) async throws {
        let market = ScriptedMarket(instrument, seed: 99, steps: steps)
        let venue = FaultyVenue(market, style, seed: 99, oneIn: 150)
        let (received, statistics) = try await follow(market, venue, style, healedAt: 0)
        try check(received, market)
        #expect(received.gaps == 0 && statistics.reconnects == 0 && statistics.backfilled == 0)
        #expect(statistics.duplicates == 0 && statistics.malformed == 0)
    }

    /// Lets a market and its venue run beside a session, with faults up to a step and then without, until the session is
    /// current again.
    private func follow(
        _ market: ScriptedMarket, _ venue: FaultyVenue, _ style: ScriptedStyle, healedAt: Int
    ) async throws -> (ReceivedMarket, MarketDataStatistics) {
        if healedAt == 0 { venue.heal() }
        return try await FakeStreamVenue.run(venue.behaviour) { server in
            try await feed(market, style, server, isFaulty: healedAt > 0).withEvents(
                [.trades, .depth, .quotes, .candles(.minute1)], of: [market.instrument]
            ) { running in
                try await withThrowingTaskGroup(of: ReceivedMarket?.self) { group in
                    group.addTask { try await consume(running, from: healedAt + 100) }
                    group.addTask {
                        while running.statistics[0].connections == 0 { try await Task.sleep(for: .milliseconds(1)) }
                        for step in market.steps.indices {
                            if step == healedAt { venue.heal() }
                            venue.step()
                            try await Task.sleep(for: step < healedAt ? .microseconds(500) : .milliseconds(2))
                        }
                        return nil
                    }
                    defer { group.cancelAll() }
                    let received = try await group.next()
                    return (try #require(received ?? nil), running.statistics[0])
                }
            }
        }
    }

    private func feed(
        _ market: ScriptedMarket, _ style: ScriptedStyle, _ server: FakeStreamVenue, isFaulty: Bool
    ) throws -> MarketDataFeed<SplitMix64, FastClock> {
        var feed = ScriptedFeed(instrument: market.instrument, style: style, url: server.streamURL)
        // Without faults, a slow machine must not look like a silent venue.
        feed.connectionRules = ConnectionRules(
            maximumSilence: .seconds(isFaulty ? 8 : 600), attempts: .init(100, per: .seconds(1)),
            frames: .init(1000, per: .seconds(1)))
        let client = ResilientClient(
            transport: try CurlClient(), limiter: RateLimiter(budget: 100_000, per: .seconds(60)),
            policy: RetryPolicy(attempts: 2), clock: FastClock(), random: SplitMix64(seed: 1))
        let options = WebSocketOptions(
            connectTimeout: .seconds(1), closeTimeout: .milliseconds(100),
            keepAlive: .milliseconds(isFaulty ? 300 : 20_000))
        return MarketDataFeed(
            feed: feed, marketData: ScriptedMarketData(feed: feed, client: client, url: server.url),
            sockets: try WebSocketClient(options: options, now: { 1 }, random: SplitMix64(seed: 2)),
            budget: ConnectionBudget(feed.connectionRules.attempts, clock: FastClock()),
            policy: RetryPolicy(base: .milliseconds(500), cap: .seconds(10)), clock: FastClock(),
            now: { ScriptedMarket.start }, random: SplitMix64(seed: 3))
    }

    /// Takes events up to a change of the book after trade number `target`, with no gap open.
    private func consume(
        _ running: MarketDataFeed<SplitMix64, FastClock>.Running, from target: Int
    ) async throws -> ReceivedMarket {
        var received = ReceivedMarket()
        for try await event in running.events {
            received.take(event)
            guard case .book = event, received.open.isEmpty else { continue }
            if let last = received.trades.last.flatMap({ Int($0.id) }), last >= target { break }
        }
        return received
    }

    /// Compares with what a session would have given if nothing had gone wrong.
    private func check(_ received: ReceivedMarket, _ market: ScriptedMarket) throws {
        let first = try #require(received.trades.first.flatMap { Int($0.id) })
        let last = try #require(received.trades.last.flatMap { Int($0.id) })
        let trades = market.steps[(first - 1)..<last].map(\.trade)
        #expect(received.trades.map(\.id) == trades.map { String($0.number) })
        #expect(received.trades.map(\.price) == trades.map(\.price))
        #expect(received.trades.map(\.quantity) == trades.map(\.quantity))

        // The venue sends a step's candle after its trade and its change of the book, where the session was stopped.
        let opening = try #require(received.candles.first?.openMilliseconds)
        let candles = (0..<(last - 1)).filter { market.closesCandle($0) }.map { market.candle(after: $0) }
            .filter { $0.openMilliseconds >= opening }
        #expect(received.candles.map(\.openMilliseconds) == candles.map(\.openMilliseconds))
        #expect(received.candles.map(values) == candles.map(values))

        let book = try market.book(after: last).best(Book.depth)
        #expect(received.book?.bids == book.bids && received.book?.asks == book.asks)
    }

    private func values(_ row: CandleRow) -> [Double] { [row.open, row.high, row.low, row.close, row.volume] }
}
