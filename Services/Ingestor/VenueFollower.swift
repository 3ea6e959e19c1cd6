internal import Bus
internal import HTTP
internal import Logging
internal import Market
internal import Schema
internal import ServiceKit
internal import ServiceLifecycle
internal import Venues

/// Follows one venue: its candles by REST and stream, and what the settings ask for beside them.
///
/// REST has the last word on candles: a stream only brings them sooner, and where it has none, or is down, nothing is lost.
/// Trades go on behind the newest one of the stored feed, whatever happened in between.
struct VenueFollower<C: Clock>: Service where C.Duration == Duration {
    let context: ServiceContext
    let settings: Settings
    let venue: Venue
    let instruments: [Instrument]
    let queue: LiveQueue
    let waker: Waker
    let clock: C

    /// Trades further back than this are not fetched after a stop: there may be more than memory holds.
    private static var tradeReach: Int64 { 6 * Timeframe.hour1.nanoseconds }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await follow() } catch is CancellationError {}
            // A service that ends would take the process with it.
            while !Task.isCancelled { try? await clock.sleep(for: .seconds(3600)) }
        }
    }

    private func follow() async throws {
        let beginning = try await beginning()
        let marketData = venue.marketData(
            transport: try CurlClient(), address: settings.addresses[venue],
            clock: clock, random: SplitMix64(seed: WallClock.drawRun()))
        let poller = CandlePoller(self, marketData)
        var sides = sidePoller(marketData, beginning)
        goOn(behind: beginning)
        let start = start(beginning)
        for instrument in instruments { queue.begin(instrument, at: start) }
        try await sides?.catchUp(from: start, reached: beginning.behind)
        try await poller.catchUp()
        guard !queue.isClosed else { return }
        let feed = try await feed(marketData)
        let channels = try channels(feed)
        try await withThrowingTaskGroup(of: Void.self) { [poller, sides] group in
            group.addTask {
                var poller = poller
                try await poller.follow(isStreamed: channels.contains(.candles(settings.market.base)))
            }
            if let sides {
                group.addTask {
                    var sides = sides
                    try await sides.follow()
                }
            }
            if let feed, !channels.isEmpty {
                group.addTask {
                    try await VenueStream(follower: self, feed: feed, marketData: marketData).follow(channels)
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: Beginning

    private func beginning() async throws -> LiveQueue.Beginning {
        while true {
            if let beginning = queue.beginning { return beginning }
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    /// Where candles begin: behind the stored feed, at `source.from`, or so many bars back.
    private func start(_ beginning: LiveQueue.Beginning) -> UnixNanos {
        let timeframe = settings.market.base
        if let moment = beginning.behind ?? settings.from { return timeframe.openTime(containing: moment) }
        return timeframe.openTime(containing: WallClock.now)
            .advanced(by: -Int64(settings.history) * timeframe.nanoseconds)
    }

    /// Lets the feed wait for the trades that came while nobody listened, or tells that they are lost.
    private func goOn(behind beginning: LiveQueue.Beginning) {
        guard settings.channels.contains(.trades) else { return }
        for instrument in instruments {
            guard let last = beginning.trades[instrument] else { continue }
            if WallClock.now.rawValue - last.trade.eventTime.rawValue <= Self.tradeReach {
                queue.tell { $0.hold(instrument, for: .trades) }
            } else {
                queue.forgetTrade(of: instrument)
                report(.gap, of: instrument, last.trade.eventTime, "trades: too many since to be fetched")
            }
        }
    }

    /// Tells that a request failed, and rests before the next.
    func rest(after error: VenueError) async throws {
        try Task.checkCancellation()
        queue.failed(venue, "\(error)")
        context.metrics.add(.venueFailures)
        context.health.note(error: "\(error)")
        context.logger.warning(
            "venue did not answer, trying again",
            metadata: ["venue.name": "\(venue.rawValue)", "venue.error": "\(error)"])
        try await clock.sleep(for: .seconds(5))
    }

    /// Puts an anomaly of the source into the feed.
    func report(_ kind: Anomaly.Kind, of instrument: Instrument, _ time: UnixNanos, _ detail: String) {
        let anomaly = Anomaly(
            kind: kind, instrument: instrument.name, timeframe: settings.market.base, time: time, detail: detail)
        queue.tell { $0.report(anomaly) }
    }

    private func sidePoller(
        _ marketData: any VenueMarketData, _ beginning: LiveQueue.Beginning
    ) -> SidePoller<C>? {
        guard venue == .binanceusdm, !settings.channels.isDisjoint(with: [.fundingRates, .openInterest]),
            let derivatives = marketData as? any DerivativesMarketData
        else { return nil }
        return SidePoller(self, derivatives, beginning)
    }

    // MARK: Streams

    /// The venue's streams, at the address that the settings give; `nil` where they ask for none.
    private func feed(_ marketData: any VenueMarketData) async throws -> (any VenueFeed)? {
        guard settings.streams else { return nil }
        var feed: (any VenueFeed)?
        while feed == nil {
            do throws(VenueError) {
                feed = try await venue.feed(of: instruments, marketData: marketData)
            } catch .unsupported(let venue, let reason) {
                throw SettingError("\(venue): \(reason)")
            } catch {
                try await rest(after: error)
            }
        }
        guard let feed, let address = settings.streamAddresses[venue] else { return feed }
        return try RelocatedFeed(feed, address: address)
    }

    /// What the venue streams of what is asked for; what it does not is told.
    private func channels(_ feed: (any VenueFeed)?) throws -> Set<VenueChannel> {
        guard let feed else { return [] }
        var channels: Set<VenueChannel> = []
        let wanted = settings.channels.compactMap(\.stream) + [.candles(settings.market.base)]
        for channel in wanted {
            do throws(VenueError) {
                _ = try feed.connections([channel], Array(instruments.prefix(1)))
                channels.insert(channel)
            } catch {
                context.logger.notice(
                    "venue has no such stream",
                    metadata: ["venue.name": "\(venue.rawValue)", "venue.channel": "\(channel)"])
            }
        }
        return channels
    }
}
