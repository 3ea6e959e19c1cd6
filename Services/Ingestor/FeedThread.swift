internal import Bus
internal import Logging
internal import Market
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store

/// The thread of the ingestor: source → feed builder → stored feed log → bus.
final class FeedThread {
    private let context: ServiceContext
    private let settings: Settings
    private let stop: StopFlag
    private let session: PostgresSession
    private let bus: ServiceBus
    private let waker: Waker
    private var poller: Poller
    private var sources: SourceChain
    private var live: LiveProgress
    private var builder: FeedBuilder
    private var node: FeedNode
    private var pace: FeedPace
    /// A step that may not be fed yet.
    private var early: SourceAnswer?
    private var isFinished = false
    private var lastTick: Int64 = 0
    private var lastStatus: Int64 = 0
    private var lastPrune: Int64 = 0
    private let firstTime: UnixNanos?

    private var metrics: MetricsRegistry { context.metrics }

    /// Batches taken from the source at once; they are stored in one transaction.
    private static let burst = 64

    init(_ ingestor: Ingestor, stop: StopFlag) throws {
        context = ingestor.context
        settings = ingestor.settings
        self.stop = stop
        let context = ingestor.context
        bus = try ServiceBus(context)
        session = context.session(shouldStop: { stop.isRaised }) { connection throws(StoreError) in
            try connection.listen(ControlRequests.channel)
        }
        let name = context.name
        let stored = try session.retrying("load feed") { connection throws(StoreError) in
            (try SnapshotStore(connection).latest(name), try FeedLog(connection).head())
        }
        let state = try stored.0.map { try IngestorState(decoding: $0.state) }
        guard state?.builder.watermark ?? .start == stored.1?.watermark.position ?? .start else {
            throw SettingError("the stored feed and the ingestor's state do not belong together")
        }
        let feed = ingestor.settings.market.feed
        if let state {
            guard let builder = FeedBuilder(feed, state: state.builder) else {
                throw SettingError(
                    "the stored feed has other instruments or timeframes than market.*; use another database")
            }
            self.builder = builder
        } else {
            builder = FeedBuilder(feed)
        }
        let nodeSettings = NodeSettings(
            ringCapacity: context.settings.ringCapacity, keepsPace: context.settings.keepsPace)
        node = FeedNode(
            head: builder.state.watermark, sequencer: state?.sequencer ?? Sequencer(),
            consumers: context.settings.fleet.consumers(of: name), settings: nodeSettings)
        firstTime = ingestor.settings.from
        live = state?.live ?? LiveProgress()
        sources = try SourceChain(
            ingestor, bus,
            behind: LiveQueue.Beginning(behind: builder.state.time, trades: live.trades, sides: live.sides),
            begun: state?.source)
        waker = ingestor.waker
        let speed = ingestor.settings.speed
        pace = FeedPace(speed > 0 ? .times(speed) : .maximum, hold: ingestor.settings.hold)
        poller = Self.poller(bus, sources, waker)
    }

    private static func poller(_ bus: ServiceBus, _ sources: SourceChain, _ waker: Waker) -> Poller {
        Poller(subscribers: sources.synthetic.map { [$0.subscriber] } ?? [], publisher: bus.publisher, waker: waker)
    }

    // MARK: The loop

    func run() throws {
        context.logger.info(
            "started",
            metadata: [
                "node.position": "\(builder.state.watermark)", "source.kind": "\(sources.kind.rawValue)",
                "source.detail": "\(sources.detail)",
            ])
        if builder.state.watermark == .start { try placeModels() }
        try placeControls()
        context.health.becomeReady()
        var isIdle = false
        while !stop.isRaised {
            let readiness = try poller.wait(timeout: isIdle ? .milliseconds(20) : .zero)
            var effects: [FeedNode.Effect] = []
            if readiness.hasRequests { try answerRequests() }
            if readiness.hasItems(subscriber: 0) { try sources.synthetic?.receive() }
            isIdle = !(try produce(into: &effects))
            try perform(effects)
            let now = WallClock.monotonic
            if now - lastTick > 100_000_000 { try tick(now) }
        }
        try reportStatus()
        context.logger.info("stopped", metadata: ["node.position": "\(builder.state.watermark)"])
    }

    /// Takes a burst from the source.
    ///
    /// - Returns: `false` when there was nothing to take.
    private func produce(into effects: inout [FeedNode.Effect]) throws -> Bool {
        guard node.hasRoom, !isFinished else { return false }
        var batches: [Batch] = []
        while batches.count < Self.burst, let step = try nextDue() {
            metrics.add(.sourceRows, Double(step.rows.count + step.malformed.count))
            live.take(step)
            batches.append(builder.close(step))
        }
        node.offer(batches, into: &effects)
        if isFinished { try reportStatus() }
        return !batches.isEmpty
    }

    /// The source's next step, if its time has come.
    private func nextDue() throws -> FeedStep? {
        let step = try early ?? sources.next()
        early = try mayPass(step) ? nil : step
        guard early == nil else { return nil }
        switch step {
        case .waiting: return nil
        case .finished:
            isFinished = true
            context.logger.notice("the source has ended", metadata: ["node.position": "\(builder.state.watermark)"])
            return nil
        case .unavailable(let reason):
            try sources.passOver(reason)
            poller = Self.poller(bus, sources, waker)
            context.logger.notice("source", metadata: ["source.detail": "\(sources.detail)"])
            return nil
        case .step(let step):
            // A step at or before the last watermark is late news: the builder says so in the next batch.
            guard step.closeTime > builder.state.time ?? UnixNanos(.min) else {
                builder.accept(step)
                return try nextDue()
            }
            return step
        }
    }

    /// Whether a step's time has come; a champion that ends the feed's hold takes effect with it.
    private func mayPass(_ step: SourceAnswer) throws -> Bool {
        guard case .step(let step) = step else { return true }
        switch pace.answer(to: step.closeTime, at: WallClock.monotonic) {
        case .feed: return true
        case .wait: return false
        case .needsChampion:
            let champion = try session.retrying("read champion") { connection throws(StoreError) in
                try ModelRegistry(connection).alias("champion")
            }
            guard champion != nil else { return false }
            try placeControls()
            pace.release()
            context.logger.notice("the feed goes on with a champion", metadata: ["feed.time": "\(step.closeTime)"])
            return true
        }
    }

    // MARK: Controls

    /// The models in force when the feed begins.
    private func placeModels() throws {
        let aliases = try session.retrying("read aliases") { connection throws(StoreError) in
            try ModelRegistry(connection).aliases()
        }
        for (alias, seat) in aliases.sorted(by: { $0.key < $1.key }) {
            builder.place(
                Control(
                    id: "begin/\(alias)",
                    change: .modelActivated(alias: alias, version: seat.version, share: seat.share)))
        }
    }

    private func placeControls() throws {
        let pending = try session.retrying("read controls") { connection throws(StoreError) in
            try ControlRequests(connection).pending()
        }
        for control in pending { builder.place(control) }
    }

    private func hasNotification() throws -> Bool {
        try session.retrying("wait for controls") { connection throws(StoreError) in
            !(try connection.waitForNotification(milliseconds: 0)).isEmpty
        }
    }

    // MARK: Requests and effects

    private func answerRequests() throws {
        for request in try bus.requests() {
            var effects: [FeedNode.Effect] = []
            node.receive(request, into: &effects)
            try perform(effects)
        }
    }

    private func perform(_ effects: [FeedNode.Effect]) throws {
        for effect in effects {
            switch effect {
            case .append(let batches): try append(batches)
            case .publish(let batch): try bus.publish(batch)
            case .heartbeat(let head): try bus.heartbeat(head: head)
            case .reply(let consumer, let page): try bus.reply(to: consumer, page)
            case .readLog(let consumer, let position, let limit, let head):
                let batches = try session.retrying("read feed") { connection throws(StoreError) in
                    try FeedLog(connection).batches(after: position, limit: limit)
                }
                metrics.add(.feedPagesRead)
                try bus.reply(to: consumer, RecoveryPage(batches: batches, head: head))
            }
        }
    }

    private func append(_ batches: [LogBatch]) throws {
        guard let last = batches.last else { return }
        let state = IngestorState(
            builder: builder.state, sequencer: node.sequencer, source: sources.kind, live: live)
        let snapshot = Store.Snapshot(
            service: context.name, position: last.watermark.position, batchNumber: last.number,
            state: try state.encoded())
        do {
            try session.retrying("append feed") { connection throws(StoreError) in
                try FeedLog(connection).append(batches, snapshot: snapshot)
            }
        } catch {
            guard case .conflict(table: "candles", let key) = error else { throw error }
            throw SettingError(
                "the database holds another candle of \(key), as tidegate data import leaves them; a feed writes its own, "
                    + "so it needs a database without them")
        }
        metrics.add(.rowsWritten, Double(batches.reduce(0) { $0 + $1.entries.count + 1 }))
        metrics.add(.batches, Double(batches.count))
        metrics.set(.lastBatch, WallClock.now.seconds)
        metrics.set(.dataAge, since: last.watermark.time)
        for entry in batches.lazy.flatMap(\.entries) {
            guard case .anomaly(let anomaly) = entry.event.message else { continue }
            metrics.add(.anomalies, labels: ["kind": anomaly.kind.rawValue])
        }
        var effects: [FeedNode.Effect] = []
        node.appended(upTo: last.watermark.position, into: &effects)
        try perform(effects)
    }

    // MARK: Time

    private func tick(_ now: Int64) throws {
        lastTick = now
        var effects: [FeedNode.Effect] = []
        node.tick(into: &effects)
        try perform(effects)
        try sources.synthetic?.tick()
        if try hasNotification() { try placeControls() }
        guard now - lastStatus > 1_000_000_000 else { return }
        lastStatus = now
        try reportStatus()
        guard now - lastPrune > 10_000_000_000 else { return }
        lastPrune = now
        let name = context.name
        try session.retrying("prune snapshots") { connection throws(StoreError) in
            _ = try SnapshotStore(connection).prune([name])
        }
    }

    /// Seconds between two batches by the source's own pace.
    private var interval: Double {
        let base = Double(settings.market.base.nanoseconds) / 1e9
        return settings.speed > 0 ? base / settings.speed : sources.kind == .exchange ? base : 0
    }

    private func reportStatus() throws {
        metrics.set(.feedPosition, Double(builder.state.watermark.rawValue))
        metrics.set(.feedFinished, isFinished ? 1 : 0)
        metrics.set(.feedInterval, interval)
        metrics.set(.ringFull, node.ring.isFull ? 1 : 0)
        let base = settings.market.base.nanoseconds
        let expected: UInt64? =
            if let to = settings.to, let from = firstTime, to > from {
                UInt64((to.rawValue - from.rawValue) / base)
            } else {
                nil
            }
        let status = FeedStatus(
            source: sources.kind.rawValue, detail: sources.detail, from: firstTime, to: settings.to,
            // Where no bar closes at the hold, it is reached all the same: nothing before it is missing.
            reached: pace.heldAt ?? builder.state.time,
            batches: node.sequencer.batches, expected: isFinished ? node.sequencer.batches : expected,
            isFinished: isFinished)
        try session.retrying("save feed status") { connection throws(StoreError) in
            try FeedStatusStore(connection).save(status)
        }
        try bus.reportStatus(session, position: builder.state.watermark)
    }
}
