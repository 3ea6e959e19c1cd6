internal import Bus
internal import HTTP
internal import Logging
internal import Market
internal import Schema
internal import ServiceKit
internal import ServiceLifecycle
internal import Venues

/// Fetches closed candles of a venue by REST: first the history, then each candle after it has closed.
struct VenueFetcher<C: Clock>: Service where C.Duration == Duration {
    let context: ServiceContext
    let settings: Settings
    let queue: SourceQueue
    let waker: Waker
    let clock: C

    /// How long after its close a candle is waited for before the others go on without it.
    private static var patience: Int64 { 20_000_000_000 }
    /// Bars fetched at once.
    private static var window: Int64 { 500 }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await fetch() }
    }

    private func fetch() async throws {
        let venue = BinanceMarketData(
            client: Binance.client(
                transport: try CurlClient(), clock: clock, random: SplitMix64(seed: WallClock.drawRun())),
            address: settings.venueURL)
        let step = settings.market.base.nanoseconds
        var next = try await beginning(step)
        while !Task.isCancelled {
            let now = WallClock.now
            let last = settings.market.base.openTime(containing: now)
            if let to = settings.to, next > to { return }
            guard next < last, queue.hasRoom else {
                try await Task.sleep(for: .seconds(1))
                continue
            }
            let end = min(last, next.advanced(by: Self.window * step))
            do {
                let rows = try await rows(from: venue, next, end, now)
                let isPatient = now.rawValue - end.rawValue < Self.patience
                next = put(rows, from: next, to: end, waitsForMissing: isPatient)
                waker.wake()
            } catch let error as VenueError {
                context.metrics.add(.venueFailures)
                context.health.note(error: "\(error)")
                context.logger.warning("venue did not answer, trying again", metadata: ["venue.error": "\(error)"])
                try await Task.sleep(for: .seconds(5))
            }
        }
    }

    /// Where to begin: behind the stored feed, at `source.from`, or so many bars back.
    private func beginning(_ step: Int64) async throws -> UnixNanos {
        while true {
            if let (behind, _) = queue.beginning {
                if let behind { return settings.market.base.openTime(containing: behind) }
                if let from = settings.from { return settings.market.base.openTime(containing: from) }
                let now = settings.market.base.openTime(containing: WallClock.now)
                return now.advanced(by: -Int64(settings.history) * step)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func rows(
        from venue: BinanceMarketData, _ from: UnixNanos, _ to: UnixNanos, _ now: UnixNanos
    ) async throws -> [UnixNanos: [CandleRow]] {
        var rows: [UnixNanos: [CandleRow]] = [:]
        for instrument in settings.market.instruments {
            for try await page in try venue.candles(instrument, settings.market.base, from: from, to: to, asOf: now) {
                for candle in page.candles { rows[candle.closeTime, default: []].append(CandleRow(candle)) }
                for anomaly in page.anomalies {
                    context.metrics.add(.anomalies, labels: ["kind": anomaly.kind.rawValue])
                    context.logger.warning("venue sent a bad candle", metadata: ["anomaly": "\(anomaly)"])
                }
            }
        }
        return rows
    }

    /// Hands over every step up to `to`.
    ///
    /// - Returns: The open time to go on from: behind the last step handed over.
    private func put(
        _ rows: [UnixNanos: [CandleRow]], from: UnixNanos, to: UnixNanos, waitsForMissing: Bool
    ) -> UnixNanos {
        var next = from
        for (closeTime, step) in rows.sorted(by: { $0.key < $1.key }) {
            let isWhole = step.count == settings.market.instruments.count
            if !isWhole, closeTime == to, waitsForMissing { return next }
            queue.put(SourceQueue.Step(closeTime: closeTime, rows: step))
            next = closeTime
        }
        return waitsForMissing ? next : to
    }
}
