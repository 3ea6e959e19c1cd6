internal import Bus
internal import Foundation
internal import Pipeline
internal import Schema
internal import ServiceKit

/// Follows a service's log from its beginning, or from where a recording ends, and writes it to a file.
///
/// It belongs to the thread that made it.
final class LogRecorder {
    private(set) var summary: RecordingSummary
    /// The furthest that the service is known to be.
    var knownHead: FeedPosition { inbox.knownHead }

    private let subscriber: LogSubscriber
    private let poller: Poller
    private let consumer: String
    private var inbox: Pipeline.Inbox
    private var received = Bus.Inbox()
    private var writer: RecordingWriter
    private var publisherRun: UInt64 = 0
    private var lastTick = WallClock.monotonic
    private var quietTicks = 0
    /// The keys that count as the service's now; asked for once a second.
    private let acceptedKeys: () throws -> [CurvePublicKey]
    private var ticks = 0
    private var heard = 0

    /// Begins a recording, or goes on with the one at `path`, whose torn end it takes away.
    ///
    /// - Throws: ``CommandFailure`` when the recording there is of another service.
    init(
        path: String, service: String, endpoints: EndpointList, context: ZMQContext, security: ClientSecurity? = nil,
        acceptedKeys: @escaping () throws -> [CurvePublicKey] = { [] }, waker: Waker? = nil
    ) throws {
        // What is written since the last tick may be lost in a crash; it is asked for again.
        let policy = RecordingWriter.FlushPolicy(atWatermarks: false)
        if FileManager.default.fileExists(atPath: path) {
            summary = try RecordingSummary(reading: path)
            guard summary.information.service == service else {
                throw CommandFailure("\(path) is a recording of \(summary.information.service), not of \(service)")
            }
            writer = try RecordingWriter(appendingTo: path, policy: policy)
        } else {
            let information = RecordingInformation(service: service, recordedAt: WallClock.now)
            summary = RecordingSummary(information)
            writer = try RecordingWriter(creating: path, information: information.text, policy: policy)
        }
        inbox = Pipeline.Inbox(consumed: summary.position, capacity: 1024)
        subscriber = try LogSubscriber(context: context, endpoints: endpoints, security: security)
        poller = Poller(subscribers: [subscriber], waker: waker)
        self.acceptedKeys = acceptedKeys
        // Answers go by the name, so two recorders must not have the same.
        consumer = "record-\(String(WallClock.drawRun(), radix: 16))"
        try probe()
    }

    /// Waits at most `timeout` for something to arrive, and writes the batches that are whole.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func turn(timeout: Duration) throws -> Int {
        if try poller.wait(timeout: timeout).hasItems(subscriber: 0) { try receive() }
        var written = 0
        while let batch = inbox.take() {
            try summary.add(batch)
            try writer.append(batch, publisher: publisherRun, sentTime: WallClock.now)
            written += 1
        }
        if written > 0 { quietTicks = 0 }
        if let due = inbox.dueRequest(limit: 256) {
            try subscriber.request(.batches(consumer: consumer, after: due.after, limit: due.limit))
        }
        let now = WallClock.monotonic
        if now - lastTick > 100_000_000 {
            lastTick = now
            try tick()
        }
        return written
    }

    /// Hands everything to the operating system.
    func flush() throws { try writer.flush() }

    private func receive() throws {
        received.removeAll()
        try subscriber.drain(into: &received)
        if let error = received.refused.first { throw error }
        for item in received.items {
            publisherRun = item.envelope.publisher
            if let shard = Shard(run: publisherRun), shard != .whole {
                throw CommandFailure(
                    "\(summary.information.service) is divided into \(shard.count) shards, and has no one log to record"
                )
            }
            switch item {
            case .entry(let entry, _): inbox.receive(entry)
            case .watermark(let watermark, let number, _): inbox.receive(watermark, number: number)
            case .heartbeat(let head, _): inbox.receiveHead(head)
            }
        }
        for page in received.pages {
            publisherRun = page.publisher
            if let first = page.page.batches.first, first.watermark.previous > inbox.tail {
                throw CommandFailure(
                    "\(summary.information.service) no longer has what follows position \(inbox.tail) of its log: it goes "
                        + "back to \(first.watermark.previous)")
            }
            inbox.receive(page.page)
        }
    }

    private func tick() throws {
        try writer.flush()
        ticks += 1
        if ticks % 10 == 0 {
            try subscriber.accept(acceptedKeys(), next: subscriber.received == heard)
            heard = subscriber.received
        }
        _ = inbox.tick(patience: 10)
        quietTicks += 1
        if quietTicks >= 5 {
            quietTicks = 0
            try probe()
        }
    }

    private func probe() throws {
        guard let after = inbox.probe() else { return }
        try subscriber.request(.batches(consumer: consumer, after: after, limit: 256))
    }
}
