import HTTP
import Market
import Schema
import Synchronization
import TestKit
import Testing
import Venues

/// A recorded market, and what a session must make of it.
protocol ExpectedMarket: RecordedMarket {
    /// Those that were recorded, in their order; they have no time of receipt.
    func trades(of instrument: Instrument) throws -> [Trade]
    /// The best levels at the end; `nil` where no book was recorded.
    func book(of instrument: Instrument) throws -> (bids: [BookLevel], asks: [BookLevel])?
    /// Those whose end was recorded.
    func candles(of instrument: Instrument) throws -> [CandleRow]
    /// Those of them that something later shows to have ended, in case their end is not heard.
    func settledCandles(of instrument: Instrument) throws -> [CandleRow]
    /// Best bids and asks that were recorded.
    func quotes(of instrument: Instrument) throws -> Int
}

extension ExpectedMarket {
    func settledCandles(of instrument: Instrument) throws -> [CandleRow] { try candles(of: instrument) }
}

/// A venue's own feed and client, followed over real sockets while a ``RecordedVenue`` plays.
struct RecordedRun {
    let market: any ExpectedMarket
    let venue: RecordedVenue
    let feed: any VenueFeed
    /// Makes the venue's REST client for an address.
    let marketData: @Sendable (String) throws -> any VenueMarketData
    let channels: Set<VenueChannel>
    let instruments: [Instrument]
    /// Steps after which nothing goes wrong any more; `nil` when nothing ever does.
    var healedAt: Int?
    /// Whether a venue that falls silent has to be left soon.
    var canStall = true
    /// Real time between two steps.
    var pace = Duration.microseconds(100)

    /// A venue's feed with other patience: a stalled one is to be noticed soon, and a slow machine not taken for one.
    private struct PatientFeed: VenueFeed {
        let feed: any VenueFeed
        let patience: Duration

        var venue: String { feed.venue }
        var depthRules: DepthRules { feed.depthRules }
        var connectionRules: ConnectionRules {
            let own = feed.connectionRules
            return ConnectionRules(
                maximumSilence: patience, maximumAge: own.maximumAge, ping: own.ping,
                attempts: .init(1000, per: .seconds(1)), frames: own.frames)
        }

        func connections(
            _ channels: Set<VenueChannel>, _ instruments: [Instrument]
        ) throws(VenueError) -> [VenueConnection] { try feed.connections(channels, instruments) }

        func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] {
            try feed.renewal(of: channel, instrument)
        }

        func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
            try feed.decode(message, receivedAt: receivedAt)
        }
    }

    /// What a session has given so far.
    private final class Collected: Sendable {
        let state: Mutex<ReceivedMarket>

        init() {
            var market = ReceivedMarket()
            // What comes from a socket is received at odd times, see below.
            market.isArchived = { $0.receiveTime.rawValue.isMultiple(of: 2) }
            state = Mutex(market)
        }
    }

    /// Plays the recording to its end, and goes on until the session has it all, or three minutes have passed.
    func follow() async throws -> (ReceivedMarket, [MarketDataStatistics]) {
        let (collected, goal) = (Collected(), try goal())
        return try await FakeStreamVenue.run(venue.behaviour) { server in
            try await running(server).withEvents(channels, of: instruments) { running in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        for try await event in running.events {
                            collected.state.withLock { $0.take(event) }
                            if venue.position == market.stepCount {
                                if collected.state.withLock({ goal.isReached($0) }) { break }
                            }
                        }
                        return true
                    }
                    group.addTask {
                        try await play(running)
                        try await Task.sleep(for: .seconds(180))
                        return false
                    }
                    defer { group.cancelAll() }
                    _ = try await group.next()
                    return (collected.state.withLock { $0 }, running.statistics)
                }
            }
        }
    }

    private func running(_ server: FakeStreamVenue) throws -> MarketDataFeed<SplitMix64, FastClock> {
        let isHasty = healedAt != nil && canStall
        // Otherwise beyond the end of every run: a new connection would bring the right books by itself.
        let patient = PatientFeed(feed: feed, patience: .seconds(isHasty ? 30 : 10_000))
        let options = WebSocketOptions(
            connectTimeout: .seconds(isHasty ? 3 : 20), closeTimeout: .milliseconds(100),
            keepAlive: .milliseconds(isHasty ? 2000 : 20_000))
        // Where nothing goes wrong nothing is waited for, and a busy machine must not be taken for a silent venue.
        let clock = FastClock(factor: healedAt == nil ? 1 : 40)
        // Our clock shows the venue's time; odd nanoseconds tell what came from a socket from what was asked for.
        return MarketDataFeed(
            feed: try RelocatedFeed(patient, address: server.streamURL), marketData: try marketData(server.url),
            sockets: try WebSocketClient(
                options: options, now: { venue.time.rawValue | 1 }, random: SplitMix64(seed: 2)),
            budget: ConnectionBudget(patient.connectionRules.attempts, clock: clock),
            policy: RetryPolicy(base: .milliseconds(500), cap: .seconds(10)), clock: clock,
            now: { UnixNanos(venue.time.rawValue & ~1) }, random: SplitMix64(seed: 3))
    }

    /// Lets the venue play once everything is subscribed to, and heal when it is time.
    private func play(_ running: MarketDataFeed<SplitMix64, FastClock>.Running) async throws {
        let frames = try feed.connections(channels, instruments).map(\.subscriptions.count).max() ?? 0
        while venue.heard < frames * running.statistics.count { try await Task.sleep(for: .milliseconds(1)) }
        var pause = pace
        while venue.position < market.stepCount {
            if let healedAt, venue.position == healedAt {
                venue.heal()
                // Long enough to notice the last stall, and to rest after it.
                pause = max(pause, .milliseconds(4000) / (market.stepCount - healedAt))
            }
            _ = venue.step()
            // Several at once, since the shortest sleep is longer than a step should take.
            if venue.position.isMultiple(of: 10) { try await Task.sleep(for: pause * 10) }
        }
    }

    /// What comes last.
    private struct Goal {
        var trades: [Instrument: String] = [:]
        var books: [Instrument: (bids: [BookLevel], asks: [BookLevel])] = [:]
        var candles: [String: Int64] = [:]
        var quotes: [Instrument: Int] = [:]

        /// Whether it is there, and no stream of it in gap.
        func isReached(_ received: ReceivedMarket) -> Bool {
            !received.open.contains { stream in
                stream.channel == .trades && trades[stream.instrument] != nil
                    || stream.channel == .depth && books[stream.instrument] != nil
            }
                && trades.allSatisfy { goal in
                    received.trades.last { $0.instrument == goal.key }?.id == goal.value
                }
                && books.allSatisfy { goal in
                    let book = received.books[goal.key]
                    return book?.bids == goal.value.bids && book?.asks == goal.value.asks
                }
                && quotes.allSatisfy { goal in received.quotes[goal.key] == goal.value }
                && candles.allSatisfy { goal in
                    received.candles.contains { $0.instrument == goal.key && $0.openMilliseconds == goal.value }
                }
        }
    }

    private func goal() throws -> Goal {
        var goal = Goal()
        for instrument in instruments {
            if channels.contains(.trades) { goal.trades[instrument] = try market.trades(of: instrument).last?.id }
            if channels.contains(.depth) { goal.books[instrument] = try market.book(of: instrument) }
            // Those of a gap are lost.
            if channels.contains(.quotes), healedAt == nil {
                goal.quotes[instrument] = try market.quotes(of: instrument)
            }
            guard channels.contains(.candles(.minute1)) else { continue }
            let candles = try healedAt == nil ? market.candles(of: instrument) : market.settledCandles(of: instrument)
            goal.candles[instrument.name] = candles.last?.openMilliseconds
        }
        return goal
    }
}
