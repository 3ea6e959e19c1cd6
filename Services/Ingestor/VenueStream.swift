internal import Bus
internal import HTTP
internal import Logging
internal import Market
internal import Schema
internal import ServiceKit
internal import Venues

/// Takes what a venue streams.
struct VenueStream<C: Clock> where C.Duration == Duration {
    let follower: VenueFollower<C>
    let feed: any VenueFeed
    let marketData: any VenueMarketData

    private var queue: LiveQueue { follower.queue }
    private var context: ServiceContext { follower.context }
    private var venue: Venue { follower.venue }

    /// Follows channels until the task is cancelled, and begins anew when the feed's thread was too slow.
    func follow(_ channels: Set<VenueChannel>) async throws {
        let stream = MarketDataFeed(
            feed: feed, marketData: marketData,
            sockets: try WebSocketClient(now: { WallClock.now.rawValue }, random: WallClock.unpredictable),
            budget: ConnectionBudget(feed.connectionRules.attempts, clock: follower.clock), clock: follower.clock,
            now: { WallClock.now }, random: WallClock.unpredictable)
        while !queue.isClosed {
            do {
                try await stream.withEvents(channels, of: follower.instruments, after: queue.trades) { running in
                    try await take(running)
                }
            } catch let error as MarketDataError {
                context.metrics.add(.venueFailures)
                context.logger.warning("stream is taken up anew", metadata: ["venue.error": "\(error)"])
                if channels.contains(.trades) {
                    for instrument in follower.instruments where queue.trades[instrument] != nil {
                        queue.tell { $0.hold(instrument, for: .trades) }
                    }
                }
            }
        }
    }

    private func take<Random>(_ running: MarketDataFeed<Random, C>.Running) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var figures = VenueFigures(venue)
                while !queue.isClosed {
                    try await follower.clock.sleep(for: .seconds(1))
                    figures.report(running.statistics, to: context.metrics)
                }
            }
            group.addTask {
                for try await event in running.events {
                    take(event)
                    while !queue.hasRoom { try await follower.clock.sleep(for: .milliseconds(50)) }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func take(_ event: MarketDataEvent) {
        switch event {
        case .trade(let trade): queue.accept(trade)
        case .quote(let quote): queue.tell { $0.accept(.quote(quote)) }
        case .book(let book): queue.tell { $0.accept(.book(book)) }
        case .sideValue(let value): queue.tell { $0.accept(.side(value)) }
        case .candle(let row):
            guard let instrument = try? Instrument(parsing: row.instrument) else { return }
            if queue.accept(row, of: instrument, mayLeap: false, at: WallClock.now) { follower.waker.wake() }
        case .anomaly(let anomaly): queue.tell { $0.report(anomaly) }
        // What is paid in the end is asked for by REST.
        case .fundingForecast: break
        case .status(let status): tell("venue changed its state", ["venue.status": "\(status.rawValue)"])
        case .gap(let stream, _, _):
            // Before the first trade nothing can be missing that we knew of.
            guard stream.channel == .trades, queue.trades[stream.instrument] != nil else { return }
            queue.tell { $0.hold(stream.instrument, for: .trades) }
        case .recovered(let stream, let backfilled, let isComplete):
            if stream.channel == .trades {
                queue.tell { $0.release(stream.instrument, from: .trades) }
            }
            // Candles are asked for by REST until they are there.
            guard !isComplete, !stream.channel.isCandles else { return }
            follower.report(.gap, of: stream.instrument, WallClock.now, "\(stream.channel): lost for good")
            // Of quotes and books only the newest counts; that of a trade is a loss.
            guard stream.channel == .trades else { return }
            tell(
                "trades are lost",
                ["venue.instrument": "\(stream.instrument)", "venue.backfilled": "\(backfilled)"])
        case .refused(let refusal):
            context.metrics.add(.venueFailures)
            context.health.note(error: "\(venue.rawValue): \(refusal.message)")
            tell("venue refused a subscription", ["venue.error": "\(refusal)"])
        }
    }

    private func tell(_ message: Logger.Message, _ metadata: Logger.Metadata) {
        context.logger.warning(
            message, metadata: metadata.merging(["venue.name": "\(venue.rawValue)"]) { own, _ in own })
    }
}

extension VenueChannel {
    fileprivate var isCandles: Bool { if case .candles = self { true } else { false } }
}
