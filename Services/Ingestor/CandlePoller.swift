internal import Bus
internal import Market
internal import Schema
internal import ServiceKit
internal import Venues

/// Fetches closed candles of a venue by REST: the history first, and then what its stream does not bring in time.
struct CandlePoller<C: Clock> where C.Duration == Duration {
    private let follower: VenueFollower<C>
    private let marketData: any VenueMarketData
    /// When each instrument was last asked for, and how often in vain since its last candle.
    private var asked: [Instrument: (at: UnixNanos, times: Int)] = [:]

    /// Bars fetched at once.
    private static var window: Int64 { 500 }
    /// How long the stream may take to bring a candle before it is asked for.
    private static var streamPatience: Int64 { 3_000_000_000 }

    init(_ follower: VenueFollower<C>, _ marketData: any VenueMarketData) {
        (self.follower, self.marketData) = (follower, marketData)
    }

    private var settings: Settings { follower.settings }
    private var queue: LiveQueue { follower.queue }
    private var clock: C { follower.clock }
    private var instruments: [Instrument] { follower.instruments }
    private var timeframe: Timeframe { settings.market.base }

    /// Fetches everything that has closed by now, behind what the queue says is there.
    func catchUp() async throws {
        while !queue.isClosed {
            try Task.checkCancellation()
            let last = end(at: WallClock.now)
            let behind = instruments.filter { queue.frontier(of: $0) < last }
            guard !behind.isEmpty else { return }
            for instrument in behind {
                let from = queue.frontier(of: instrument)
                let to = min(last, from.advanced(by: Self.window * timeframe.nanoseconds))
                guard try await fetch(instrument, from, to) else { continue }
                // What the venue lacks of the past it will never have.
                if to < last || WallClock.now.rawValue - last.rawValue > settings.patience.late {
                    queue.tell { $0.settle(instrument, upTo: to) }
                }
            }
            try await waitForRoom()
            // At the newest candle the venue may need a moment.
            if behind.allSatisfy({ queue.frontier(of: $0) < last }) {
                try await clock.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Fetches what has closed and is not there.
    ///
    /// - Parameter isStreamed: Whether a stream should bring it.
    /// - Throws: When the task is cancelled, and for what the venue will never give.
    mutating func follow(isStreamed: Bool) async throws {
        while !queue.isClosed {
            try await clock.sleep(for: .milliseconds(250))
            let now = WallClock.now
            let last = end(at: now)
            for instrument in instruments {
                let from = queue.frontier(of: instrument)
                guard from < last, isDue(instrument, last, now, isStreamed) else { continue }
                let hasAnswered = try await fetch(instrument, from, last)
                let times = queue.frontier(of: instrument) == last ? 0 : (asked[instrument]?.times ?? 0) + 1
                asked[instrument] = (WallClock.now, times)
                // Nobody traded: there is no candle, and there will be none.
                if hasAnswered, times > 0, now.rawValue - last.rawValue > settings.patience.late {
                    queue.tell { $0.settle(instrument, upTo: last) }
                    asked[instrument] = nil
                }
            }
            try await waitForRoom()
        }
    }

    /// The end of the newest candle that has closed.
    private func end(at now: UnixNanos) -> UnixNanos {
        let open = timeframe.openTime(containing: now)
        return settings.to.map { min($0, open) } ?? open
    }

    private func isDue(_ instrument: Instrument, _ last: UnixNanos, _ now: UnixNanos, _ isStreamed: Bool) -> Bool {
        if isStreamed, now.rawValue - last.rawValue < Self.streamPatience { return false }
        guard let (at, times) = asked[instrument], times > 0 else { return true }
        // Every second at first, then more and more rarely.
        return now.rawValue - at.rawValue >= Int64(min(times, 5)) * 1_000_000_000
    }

    /// Fetches a range of one instrument.
    ///
    /// - Returns: Whether the venue answered.
    private func fetch(_ instrument: Instrument, _ from: UnixNanos, _ to: UnixNanos) async throws -> Bool {
        do throws(VenueError) {
            let now = WallClock.now
            var pages = try marketData.candles(instrument, timeframe, from: from, to: to, asOf: now).makeAsyncIterator()
            while let page = try await pages.next(isolation: nil) {
                var isNew = false
                for candle in page.candles {
                    isNew =
                        queue.accept(CandleRow(candle), of: instrument, mayLeap: true, at: WallClock.now)
                        || isNew
                }
                for anomaly in page.anomalies { queue.tell { $0.report(anomaly) } }
                if isNew { follower.waker.wake() }
            }
        } catch .unsupported(let venue, let reason) {
            throw SettingError("\(venue) cannot give \(timeframe.rawValue) candles of \(instrument): \(reason)")
        } catch {
            // Who is down for one is down for all, whoever is asked for last.
            for instrument in instruments { queue.tell { $0.hold(instrument, for: .candles) } }
            try await follower.rest(after: error)
            return false
        }
        queue.tell { $0.release(instrument, from: .candles) }
        queue.reached(follower.venue)
        return true
    }

    private func waitForRoom() async throws {
        while !queue.hasRoom { try await clock.sleep(for: .milliseconds(100)) }
    }
}
