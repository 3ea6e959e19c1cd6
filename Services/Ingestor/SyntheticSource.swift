internal import Bus
internal import Market
internal import Pipeline
internal import Schema
internal import ServiceKit

/// Candles that the synthetic-generator publishes: a venue like any other, whose log can be asked again.
final class SyntheticSource: FeedSource {
    let detail: String
    private let to: UnixNanos?
    let subscriber: LogSubscriber
    private var inbox: Pipeline.Inbox
    private var received = Bus.Inbox()
    private let behind: UnixNanos?
    private var isFinished = false
    private let consumer = Topology.ingestor

    init(context: ServiceContext, bus: ServiceBus, behind: UnixNanos?, to: UnixNanos?) throws {
        detail = "synthetic-generator at \(context.settings.endpoints(of: Topology.syntheticGenerator))"
        self.to = to
        self.behind = behind
        subscriber = try bus.subscriber(of: Topology.syntheticGenerator)
        // The generator's log is asked from its beginning; what the feed has already is passed over. Making candles anew
        // costs less than keeping a second cursor.
        inbox = Pipeline.Inbox(consumed: .start, capacity: 256)
    }

    func next() throws -> SourceAnswer {
        guard !isFinished else { return .finished }
        try receive()
        while let batch = inbox.take() {
            let time = batch.watermark.time
            if let behind, time <= behind { continue }
            if let to, time > to {
                isFinished = true
                return .finished
            }
            let rows = batch.entries.compactMap { entry -> CandleRow? in
                guard case .candle(let candle) = entry.event.message else { return nil }
                return CandleRow(candle)
            }
            return .step(FeedStep(closeTime: time, rows: rows))
        }
        try ask()
        return .waiting
    }

    /// Takes what has arrived.
    ///
    /// Also while the feed waits: what lies unread in the socket would wake its thread again at once.
    func receive() throws {
        received.removeAll()
        try subscriber.drain(into: &received)
        for item in received.items {
            switch item {
            case .entry(let entry, _): inbox.receive(entry)
            case .watermark(let watermark, let number, _): inbox.receive(watermark, number: number)
            case .heartbeat(let head, _): inbox.receiveHead(head)
            }
        }
        for page in received.pages { inbox.receive(page.page) }
        if let error = received.refused.first { throw error }
    }

    private func ask() throws {
        guard let due = inbox.dueRequest(limit: 256) else { return }
        try subscriber.request(.batches(consumer: consumer, after: due.after, limit: due.limit))
    }

    /// Lets time pass: acknowledges, and asks again where no answer came.
    func tick() throws {
        let position = inbox.tick(patience: 5)
        try subscriber.request(.acknowledge(consumer: consumer, upTo: position))
        if inbox.readyCount == 0, let after = inbox.probe() {
            try subscriber.request(.batches(consumer: consumer, after: after, limit: 256))
        }
    }
}
