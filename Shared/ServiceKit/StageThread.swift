internal import Bus
internal import Foundation
internal import Logging
internal import Pipeline
internal import Schema
internal import Store

/// The thread of a ``StageHost``: does what the node's effects say.
final class StageThread<S: Stage> {
    private typealias Effect = Node<S>.Effect

    private let host: StageHost<S>
    private let stop: StopFlag
    private let claim: ShardClaim
    private let session: PostgresSession
    private let bus: ServiceBus
    private let subscribers: [LogSubscriber]
    private let poller: Poller
    private var node: Node<S>
    /// Batches whose rows wait to be written together.
    private var unwritten: [LogBatch] = []
    private var unwrittenSince: Int64 = 0
    /// In nanoseconds.
    private static var linger: Int64 { 10_000_000 }
    private static var mostUnwritten: Int { 128 }
    private var received = Bus.Inbox()
    private var lastTick: Int64 = 0
    private var lastStatus: Int64 = 0
    private var figures: StageFigures<S>

    private var context: ServiceContext { host.context }
    private var metrics: MetricsRegistry { host.context.metrics }

    init(host: StageHost<S>, claim: ShardClaim, waker: Waker, stop: StopFlag) throws {
        self.host = host
        self.stop = stop
        self.claim = claim
        let (context, fleet) = (host.context, host.context.settings.fleet)
        bus = try ServiceBus(context, shard: claim.shard)
        session = context.session()
        let settings = NodeSettings(
            snapshotEvery: UInt64(context.settings.snapshotEvery), ringCapacity: context.settings.ringCapacity,
            storedFirst: host.storedFirst, keepsPace: context.settings.keepsPace)
        let snapshot = try StoredSnapshots(host, claim.shard).latest(session)
        let inputs = fleet.inputs(of: context.name)
        let node = try Node(
            claim.shard.node(of: context.name), shard: claim.shard, stage: host.makeStage(claim.shard), inputs: inputs,
            consumers: fleet.consumers(of: context.name), settings: settings,
            snapshot: snapshot)
        self.node = node
        subscribers = try inputs.map { [bus] in try bus.subscriber(of: $0.source) }
        poller = Poller(subscribers: subscribers, publisher: bus.publisher, waker: waker)
        try session.retrying("forget shards") { connection throws(StoreError) in
            try StatusStore(connection).forget(
                context.name, otherThan: fleet.shards(of: context.name).map(\.label))
        }
        figures = StageFigures(context, host.observer, node.sources)
    }

    // MARK: The loop

    func run() throws {
        context.logger.info(
            "started", metadata: ["node.position": "\(node.progress)", "bus.endpoint": "\(bus.publisher.endpoint)"])
        var effects: [Effect] = []
        node.start(into: &effects)
        try perform(&effects)
        context.health.becomeReady()
        while !stop.isRaised {
            let readiness = try poller.wait(timeout: patience)
            if isWriteDue { try write() }
            for index in subscribers.indices where readiness.hasItems(subscriber: index) { try take(from: index) }
            if readiness.hasRequests {
                for request in try bus.requests() {
                    node.receive(request, into: &effects)
                    try perform(&effects)
                }
            }
            try advance(into: &effects)
            try perform(&effects)
            let now = WallClock.monotonic
            if now - lastTick > 100_000_000 { try tick(now, &effects) }
        }
        try write()
        try claim.release(session)
        context.health.becomeUnready("stopped")
        context.logger.info("stopped", metadata: ["node.position": "\(node.progress)"])
    }

    /// How long to wait for something to arrive.
    private var patience: Duration {
        guard !unwritten.isEmpty else { return .milliseconds(20) }
        return node.isHolding ? .zero : .nanoseconds(max(0, Self.linger - (WallClock.monotonic - unwrittenSince)))
    }

    /// Rows that others wait for are written at once; all others a little later, many batches in one transaction.
    ///
    /// Each transaction ends with a flush of the disk, which all services share.
    private var isWriteDue: Bool {
        guard !unwritten.isEmpty else { return false }
        return node.isHolding || unwritten.count >= Self.mostUnwritten
            || WallClock.monotonic - unwrittenSince >= Self.linger
    }

    private func advance(into effects: inout [Effect]) throws {
        let started = WallClock.monotonic
        try node.advance(into: &effects)
        figures.advanced(effects, nanoseconds: WallClock.monotonic - started)
    }

    private func tick(_ now: Int64, _ effects: inout [Effect]) throws {
        lastTick = now
        node.tick(into: &effects)
        try perform(&effects)
        if now - lastStatus > 1_000_000_000 {
            lastStatus = now
            try reportStatus()
        }
    }

    // MARK: Arrivals

    private func take(from index: Int) throws {
        received.removeAll()
        try subscribers[index].drain(into: &received)
        let now = WallClock.now
        for item in received.items {
            guard let source = source(of: item.envelope.publisher, input: index) else { continue }
            switch item {
            case .entry(let entry, _): node.receive(entry, from: source)
            case .watermark(let watermark, let number, _): node.receive(watermark, number: number, from: source)
            case .heartbeat(let head, _): node.receiveHead(head, from: source)
            }
            figures.took(item, from: source, at: now)
        }
        for page in received.pages {
            guard let source = source(of: page.publisher, input: index) else { continue }
            node.receive(page.page, from: source)
        }
        for error in received.refused {
            metrics.add(.refusedMessages)
            context.health.note(error: "\(error)")
            context.logger.error("message refused", metadata: ["bus.error": "\(error)"])
            // What this build cannot read will not become readable: going on would mean deciding without it.
            switch error {
            case .schemaVersion, .unknownKind: throw error
            default: break
            }
        }
    }

    /// The source that a publisher is; `nil`, counted and noted, for one of another division of its service.
    private func source(of run: UInt64, input: Int) -> Int? {
        if let shard = Shard(run: run), let source = node.source(of: shard, input: input) { return source }
        metrics.add(.refusedMessages)
        let name = bus.followed[input].service
        context.health.note(error: "\(name) is divided otherwise there than pipeline.shards.\(name) says here")
        return nil
    }

    // MARK: Effects

    private func perform(_ effects: inout [Effect]) throws {
        while !effects.isEmpty {
            let due = effects
            effects.removeAll(keepingCapacity: true)
            for effect in due { try perform(effect, more: &effects) }
        }
    }

    private func perform(_ effect: Effect, more: inout [Effect]) throws {
        switch effect {
        case .publish(let batch):
            try bus.publish(batch)
            figures.published(batch)
        case .heartbeat(let head): try bus.heartbeat(head: head)
        case .request(let source, let request):
            let source = node.sources[source]
            try subscribers[source.input].request(request, of: source.shard)
        case .reply(let consumer, let page): try bus.reply(to: consumer, page)
        case .store(let batch):
            if unwritten.isEmpty { unwrittenSince = WallClock.monotonic }
            unwritten.append(batch)
        case .save(let snapshot, let number): try save(snapshot, number)
        case .load(let position): try goBack(to: position, &more)
        }
    }

    /// Writes the rows of every waiting batch in one transaction, and tells the node.
    private func write() throws {
        guard let last = unwritten.last else { return }
        let entries = unwritten.flatMap(\.entries)
        if !entries.isEmpty {
            _ = try session.retrying("save events") { connection throws(StoreError) in
                try EventStore(connection).save(entries)
            }
        }
        unwritten.removeAll(keepingCapacity: true)
        metrics.add(.rowsWritten, Double(entries.count))
        var effects: [Effect] = []
        node.stored(upTo: last.watermark.position, into: &effects)
        try advance(into: &effects)
        try perform(&effects)
    }

    private func save(_ snapshot: Pipeline.Snapshot<S.State>, _ number: UInt64) throws {
        let row = Store.Snapshot(
            service: node.name, position: snapshot.base, batchNumber: number,
            state: try SnapshotCoding.encode(snapshot))
        let nodes = context.settings.fleet.stageNodes
        _ = try session.retrying("save snapshot") { connection throws(StoreError) in
            try SnapshotStore(connection).save(row, pruningAmong: nodes)
        }
        metrics.add(.snapshots)
        metrics.set(.snapshotBytes, Double(row.state.count))
    }

    private func goBack(to position: FeedPosition, _ effects: inout [Effect]) throws {
        guard case .to(let snapshot) = try StoredSnapshots(host, claim.shard).goBack(session, to: position) else {
            node.stay(for: position)
            return
        }
        unwritten.removeAll()
        try node.rewound(to: snapshot, for: position, fresh: host.makeStage(claim.shard), into: &effects)
        metrics.add(.rewinds)
        context.logger.notice(
            "went back for a consumer", metadata: ["node.asked": "\(position)", "node.position": "\(node.progress)"])
    }

    private func reportStatus() throws {
        try claim.renew(session)
        let inputs = figures.report(node, unwritten: unwritten.count)
        context.logger.debug("status", metadata: ["node": "\(node.summary)"])
        try bus.reportStatus(
            session, position: node.progress, lagMilliseconds: figures.lagMilliseconds, inputs: inputs)
    }
}
