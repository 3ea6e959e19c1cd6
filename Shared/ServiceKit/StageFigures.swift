internal import Bus
internal import Pipeline
internal import Schema
internal import Store

/// What a stage tells of its work: counted as it happens, told about once a second.
struct StageFigures<S: Stage> {
    private let context: ServiceContext
    private let observer: StageObserver<S>
    private var inputs: [InputWatch]
    private var lastBatch: (done: UnixNanos, time: UnixNanos)?
    private var lastLatency = 0.0
    private let batchSeries = ServiceMetric.batches.series()

    private var metrics: MetricsRegistry { context.metrics }

    init(_ context: ServiceContext, _ observer: StageObserver<S>) {
        self.context = context
        self.observer = observer
        inputs = Topology.inputs(of: context.name).map { InputWatch($0.source) }
    }

    /// From sending to taking the last watermark.
    var lagMilliseconds: Double { lastLatency * 1000 }

    mutating func took(_ received: Bus.Inbox, from index: Int) {
        let (source, metrics) = (inputs[index].source, context.metrics)
        var latest: Double?
        inputs[index].see(received.items, at: WallClock.now) { seconds in
            metrics.observe(.latency, seconds: seconds, labels: ["input": source])
            latest = seconds
        }
        if let latest { lastLatency = latest }
    }

    /// Counts the batches among what the node wants done, which took so long to make.
    mutating func advanced(_ effects: [Node<S>.Effect], nanoseconds: Int64) {
        var count: UInt64 = 0
        for effect in effects {
            guard case .store(let batch) = effect else { continue }
            count += 1
            lastBatch = (WallClock.now, batch.watermark.time)
        }
        guard count > 0 else { return }
        metrics.add(batchSeries, Double(count))
        metrics.observe(.stageSeconds, seconds: Double(nanoseconds) / 1e9 / Double(count), times: count)
    }

    func published(_ batch: LogBatch) {
        for entry in batch.entries { observer.see(entry.event.message, metrics) }
    }

    /// Tells everything that is not counted as it happens.
    ///
    /// - Returns: The same of each input, for the status table.
    func report(_ node: Node<S>, unwritten: Int) -> [ServiceStatus.Input] {
        metrics.set(.feedPosition, Double(node.progress.rawValue))
        metrics.set(.unwritten, Double(unwritten))
        metrics.set(.ringFull, node.ring.isFull ? 1 : 0)
        if let lastBatch {
            metrics.set(.lastBatch, lastBatch.done.seconds)
            metrics.set(.dataAge, since: lastBatch.time)
        }
        observer.look(node.runner.stage, metrics)
        return zip(inputs, node.inboxes).map { watch, inbox in
            let labels = ["input": watch.source]
            let behind = inbox.knownHead.rawValue - min(inbox.knownHead.rawValue, inbox.tail.rawValue)
            metrics.set(.received, Double(watch.received), labels: labels)
            metrics.set(.missing, Double(watch.missing), labels: labels)
            metrics.set(.recovered, Double(inbox.recoveredMessages), labels: labels)
            metrics.set(.recoveredBatches, Double(inbox.recovered), labels: labels)
            metrics.set(.dropped, Double(inbox.dropped), labels: labels)
            metrics.set(.duplicates, Double(inbox.duplicates), labels: labels)
            metrics.set(.inboxBatches, Double(inbox.readyCount), labels: labels)
            metrics.set(.inboxCapacity, Double(inbox.capacity), labels: labels)
            metrics.set(.missingPositions, Double(behind), labels: labels)
            if let heard = watch.lastHeard { metrics.set(.lastHeard, since: heard, labels: labels) }
            return ServiceStatus.Input(
                source: watch.source, received: watch.received, missing: watch.missing,
                recovered: inbox.recoveredMessages, waiting: inbox.readyCount, behind: behind)
        }
    }
}
