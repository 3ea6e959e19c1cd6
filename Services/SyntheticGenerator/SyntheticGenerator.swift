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
        let stop = StopFlag()
        let waker = try Waker()
        try await withGracefulShutdownHandler {
            try await DedicatedThread.run(named: context.name) {
                try GeneratorThread(context, settings, waker, stop).run()
            }
        } onGracefulShutdown: {
            stop.raise()
            waker.wake()
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
    private let publisher: LogPublisher
    private let poller: Poller
    private let session: PostgresSession
    private var log: SyntheticLog
    private let startedAt = WallClock.now

    init(_ context: ServiceContext, _ settings: Settings, _ waker: Waker, _ stop: StopFlag) throws {
        self.context = context
        self.settings = settings
        self.stop = stop
        publisher = try LogPublisher(
            context: ZMQContext(), endpoint: Endpoint(parsing: context.settings.endpoints(of: context.name)),
            run: WallClock.drawRun())
        poller = Poller(subscribers: [], publisher: publisher, waker: waker)
        session = PostgresSession(
            context.settings.databaseURL, applicationName: context.name,
            sleep: { WallClock.sleep(milliseconds: $0) }, shouldStop: { stop.isRaised })
        log = SyntheticLog(settings)
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
                try publisher.heartbeat(head: log.end, sentTime: WallClock.now)
            }
            if now - lastStatus > 1_000_000_000 {
                lastStatus = now
                try StatusReport.save(
                    context, session, startedAt: startedAt, position: log.served, lagMilliseconds: 0,
                    endpoint: publisher.endpoint.description)
            }
        }
    }

    private func answer() throws {
        var requests: [LogPublisher.Request] = []
        var refused: [BusError] = []
        try publisher.receiveRequests(into: &requests, refused: &refused)
        for request in requests {
            guard case .batches(_, let after, let limit) = request.request else { continue }
            let page = RecoveryPage(batches: log.batches(after: after, limit: min(limit, 256)), head: log.end)
            try publisher.reply(to: request.peer, page, sentTime: WallClock.now)
            context.metrics.add("tidegate_batches_served_total", Double(page.batches.count))
        }
    }
}
