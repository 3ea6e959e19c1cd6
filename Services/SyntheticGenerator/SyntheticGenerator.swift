internal import Bus
internal import Logging
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import ServiceLifecycle
internal import Store
internal import Synthetic

/// Publishes made-up candles as a venue would; whoever asks again gets the same ones, made anew.
struct SyntheticGenerator: Service {
    let context: ServiceContext
    let settings: Settings

    func run() async throws {
        let waker = try Waker()
        try await DedicatedThread.serve(context, waker: waker) { stop in
            try GeneratorThread(context, settings, waker, stop).run()
        }
    }
}

/// The generator's thread.
///
/// It keeps nothing: its log is a function of the seed.
final class GeneratorThread {
    private let context: ServiceContext
    private let settings: Settings
    private let stop: StopFlag
    private let bus: ServiceBus
    private let poller: Poller
    private let session: PostgresSession
    private var log: SyntheticLog

    init(_ context: ServiceContext, _ settings: Settings, _ waker: Waker, _ stop: StopFlag) throws {
        self.context = context
        self.settings = settings
        self.stop = stop
        bus = try ServiceBus(context)
        poller = Poller(subscribers: [], publisher: bus.publisher, waker: waker)
        session = context.session()
        log = SyntheticLog(settings.market, seed: settings.seed, bars: settings.bars)
    }

    func run() throws {
        context.logger.info(
            "started", metadata: ["synthetic.seed": "\(settings.seed)", "synthetic.bars": "\(settings.bars)"])
        context.health.becomeReady()
        var (lastBeat, lastStatus): (Int64, Int64) = (0, 0)
        while !stop.isRaised {
            if try poller.wait(timeout: .milliseconds(50)).hasRequests { try answer() }
            let now = WallClock.monotonic
            if now - lastBeat > 100_000_000 {
                lastBeat = now
                try bus.heartbeat(head: log.end)
            }
            if now - lastStatus > 1_000_000_000 {
                lastStatus = now
                try bus.reportStatus(session, position: log.served)
            }
        }
    }

    private func answer() throws {
        for request in try bus.requests() {
            guard case .batches(let consumer, let after, let limit) = request else { continue }
            let page = RecoveryPage(batches: log.batches(after: after, limit: min(limit, 256)), head: log.end)
            try bus.reply(to: consumer, page)
            context.metrics.add(.batchesServed, Double(page.batches.count))
        }
    }
}
