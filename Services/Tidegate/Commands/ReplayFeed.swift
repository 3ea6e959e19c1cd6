internal import Bus
internal import Pipeline
internal import Schema
internal import ServiceKit

/// Publishes a recording of the ingestor's log in the ingestor's place.
///
/// The protocol is the ingestor's own, a ``Pipeline/FeedNode``, whose stored log is the recording. It belongs to the
/// thread that made it.
final class ReplayFeed {
    /// Batches published so far, and the last watermark.
    private(set) var published = 0
    private(set) var reached: UnixNanos?
    /// Whether every batch of the recording is out.
    private(set) var isFinished = false

    private let path: String
    private let publisher: LogPublisher
    private let poller: Poller
    private let keepsPace: Bool
    private var node: FeedNode
    private var pace: ReplayPace
    private var paceBegin: Int64?
    private var source: RecordedLog
    private var early: (batch: LogBatch, due: Int64)?
    private var peers: [String: LogPublisher.Peer] = [:]
    private var acknowledged: [String: FeedPosition] = [:]
    /// One for each consumer that asks for what has left the ring, so that they do not make one another go back.
    private var pages: [String: RecordedLog] = [:]
    private var lastTick = WallClock.monotonic

    private let consumers: [String]
    /// Batches taken at once.
    private static let burst = 64

    /// Starts to answer; nothing is published before the first ``turn(timeout:)``.
    ///
    /// With `keepsPace` it waits for the ingestor's consumers, so that none falls far behind.
    ///
    /// - Throws: ``CommandFailure`` for a recording that cannot stand in for the ingestor.
    init(
        path: String, endpoint: Endpoint, context: ZMQContext, speed: ReplaySpeed, keepsPace: Bool = true,
        fleet: Fleet = .undivided, ringCapacity: Int = 1024, security: ServerSecurity? = nil, waker: Waker? = nil
    ) throws {
        self.path = path
        self.keepsPace = keepsPace
        consumers = fleet.consumers(of: Topology.ingestor)
        source = try RecordedLog(path)
        let service = source.information.service
        guard service == Topology.ingestor else {
            throw CommandFailure(
                "\(path) is a recording of \(service); only the ingestor's can be replayed in its place")
        }
        node = FeedNode(
            head: .start, sequencer: Sequencer(), consumers: consumers,
            settings: NodeSettings(ringCapacity: ringCapacity, keepsPace: keepsPace))
        pace = ReplayPace(speed)
        publisher = try LogPublisher(
            context: context, endpoint: endpoint, run: WallClock.drawRun(), security: security)
        poller = Poller(subscribers: [], publisher: publisher, waker: waker)
    }

    /// Where it publishes.
    var endpoint: Endpoint { publisher.endpoint }

    /// The consumers that have not yet taken everything published; those never heard of are among them.
    var behind: [String] {
        consumers.filter { acknowledged[$0, default: .start] < node.ring.head }
    }

    /// Publishes what is due, answers who asks, and waits at most `timeout` when there is nothing to do.
    func turn(timeout: Duration) throws {
        var effects: [FeedNode.Effect] = []
        try produce(into: &effects)
        let isIdle = effects.isEmpty
        try perform(effects)
        if try poller.wait(timeout: isIdle ? timeout : .zero).hasRequests { try answerRequests() }
        let now = WallClock.monotonic
        guard now - lastTick > 100_000_000 else { return }
        lastTick = now
        effects.removeAll()
        node.tick(into: &effects)
        try perform(effects)
    }

    // MARK: The recording

    private func produce(into effects: inout [FeedNode.Effect]) throws {
        guard node.hasRoom, !isFinished else { return }
        var due: [LogBatch] = []
        while due.count < Self.burst, let batch = try nextDue() { due.append(batch) }
        node.offer(due.map { Batch(events: $0.entries.map(\.event), watermark: $0.watermark) }, into: &effects)
        // The node numbers them anew. It must come to the same, or consumers that know the first run would see another.
        guard case .append(let numbered)? = effects.last else { return }
        for (recorded, numbered) in zip(due, numbered) where recorded != numbered {
            throw CommandFailure("batch \(recorded.number) of the recording is not as the ingestor would send it")
        }
    }

    /// The next batch, if its time has come.
    private func nextDue() throws -> LogBatch? {
        let now = WallClock.monotonic
        if let waiting = early {
            guard now - (paceBegin ?? now) >= waiting.due else { return nil }
            early = nil
            return waiting.batch
        }
        guard let batch = try source.next() else {
            isFinished = true
            return nil
        }
        let begin = paceBegin ?? now
        paceBegin = begin
        let due = pace.dueOffset(of: batch.watermark.time)
        guard now - begin >= due else {
            early = (batch, due)
            return nil
        }
        return batch
    }

    // MARK: Requests and effects

    private func answerRequests() throws {
        var requests: [LogPublisher.Request] = []
        var refused: [BusError] = []
        try publisher.receiveRequests(into: &requests, refused: &refused)
        for request in requests {
            switch request.request {
            case .batches(let consumer, let position, _), .acknowledge(let consumer, let position):
                peers[consumer] = request.peer
                acknowledged[consumer] = position
            }
            var effects: [FeedNode.Effect] = []
            node.receive(request.request, into: &effects)
            try perform(effects)
        }
    }

    private func perform(_ effects: [FeedNode.Effect]) throws {
        for effect in effects {
            switch effect {
            case .append(let batches):
                // The recording holds them already.
                guard let last = batches.last else { continue }
                var more: [FeedNode.Effect] = []
                node.appended(upTo: last.watermark.position, into: &more)
                try perform(more)
            case .publish(let batch):
                try publisher.publish(batch, sentTime: WallClock.now)
                published += 1
                reached = batch.watermark.time
            case .heartbeat(let head): try publisher.heartbeat(head: head, sentTime: WallClock.now)
            case .reply(let consumer, let page): try reply(consumer, page)
            case .readLog(let consumer, let position, let limit, let head):
                let log = try pages[consumer] ?? RecordedLog(path)
                pages[consumer] = log
                let batches = try log.batches(after: position, limit: limit, upTo: head)
                try reply(consumer, RecoveryPage(batches: batches, head: head))
            }
        }
    }

    private func reply(_ consumer: String, _ page: RecoveryPage) throws {
        guard let peer = peers[consumer] else { return }
        try publisher.reply(to: peer, page, sentTime: WallClock.now)
    }
}
