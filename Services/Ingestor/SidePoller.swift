internal import Market
internal import Schema
internal import ServiceKit
internal import Venues

/// Asks a venue of perpetual contracts for what it does not stream: funding rates that were paid, and open interest.
struct SidePoller<C: Clock> where C.Duration == Duration {
    private let follower: VenueFollower<C>
    private let marketData: any DerivativesMarketData
    /// The time of the newest value of each series that is in the feed or on its way.
    private var newest: [SideSeries: UnixNanos]

    private static var interval: Duration { .seconds(60) }

    init(_ follower: VenueFollower<C>, _ marketData: any DerivativesMarketData, _ beginning: LiveQueue.Beginning) {
        (self.follower, self.marketData) = (follower, marketData)
        newest = beginning.sides
    }

    private var queue: LiveQueue { follower.queue }
    private var channels: Set<Settings.Channel> { follower.settings.channels }

    /// Fetches the funding rates from `beginning` on, which stand in the feed where they were paid.
    ///
    /// - Parameters:
    ///   - beginning: where the candles begin.
    ///   - reached: the moment up to which the feed is there; what was paid before counts as known after it.
    /// - Throws: When the task is cancelled.
    mutating func catchUp(from beginning: UnixNanos, reached: UnixNanos?) async throws {
        try await retrying { poller throws(VenueError) in
            try await poller.funding(from: beginning) { value in
                guard let reached, value.knownAt <= reached else { return value.knownAt }
                return reached.advanced(by: 1)
            }
        }
    }

    /// Asks once a minute; what comes is known from then on.
    mutating func follow() async throws {
        while !queue.isClosed {
            try await retrying { poller throws(VenueError) in
                let now = WallClock.now
                try await poller.funding(from: now.advanced(by: -Timeframe.day1.nanoseconds)) { max($0.knownAt, now) }
                guard poller.channels.contains(.openInterest) else { return }
                for instrument in poller.follower.instruments {
                    let value = try await poller.marketData.openInterest(instrument, receivedAt: WallClock.now)
                    poller.queue.tell { $0.accept(.side(value)) }
                }
            }
            try await follower.clock.sleep(for: Self.interval)
        }
    }

    /// Takes the rates behind the newest that is there, or else from `beginning` on.
    private mutating func funding(
        from beginning: UnixNanos, knownAt: (SideValue) -> UnixNanos
    ) async throws(VenueError) {
        guard channels.contains(.fundingRates) else { return }
        for instrument in follower.instruments {
            let series = SideSeries(instrument: instrument, series: .fundingRate)
            while true {
                let from = newest[series]?.advanced(by: 1) ?? beginning
                // Filtered, for a venue that gives the same again would be asked for ever.
                let values = try await marketData.fundingRates(instrument, from: from, to: WallClock.now)
                    .filter { $0.time >= from }
                guard !values.isEmpty else { break }
                for value in values {
                    newest[series] = max(newest[series] ?? value.time, value.time)
                    // Valid, since it is known later than one that was.
                    let known = try? SideValue(
                        series: .fundingRate, instrument: instrument, value: value.value, time: value.time,
                        knownAt: max(value.time, knownAt(value)))
                    if let known { queue.tell { $0.accept(.side(known)) } }
                }
            }
        }
    }

    private mutating func retrying(_ body: (inout Self) async throws(VenueError) -> Void) async throws {
        while !queue.isClosed {
            do throws(VenueError) { return try await body(&self) } catch {
                try await follower.rest(after: error)
            }
        }
    }
}
