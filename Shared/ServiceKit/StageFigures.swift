internal import Bus
internal import Pipeline
internal import Schema
internal import Store

/// What a stage tells of its work: counted as it happens, told about once a second.
struct StageFigures<S: Stage> {
    private let context: ServiceContext
    private let observer: StageObserver<S>
    /// One for each source of the node.
    private var watches: [InputWatch]
    private let services: [String]
    private var lastBatch: (done: UnixNanos, time: UnixNanos)?
    private var lastLatency = 0.0
    private let batchSeries = ServiceMetric.batches.series()

    private var metrics: MetricsRegistry { context.metrics }

    init(_ context: ServiceContext, _ observer: StageObserver<S>, _ sources: [Node<S>.Source]) {
        self.context = context
        self.observer = observer
        watches = sources.map { InputWatch($0.name) }
        let inputs = Topology.inputs(of: context.name)
        services = sources.map { inputs[$0.input].source }
    }

    /// From sending to taking the last watermark.
    var lagMilliseconds: Double { lastLatency * 1000 }

    mutating func took(_ item: BusItem, from source: Int, at now: UnixNanos) {
        guard let latency = watches[source].see(item, at: now) else { return }
        metrics.observe(.latency, seconds: latency, labels: ["input": services[source]])
        lastLatency = latency
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
        for service in Set(services) {
            report(
                zip(watches, node.inboxes).enumerated().filter { services[$0.offset] == service }.map(\.element),
                service)
        }
        return zip(watches, node.inboxes).map { watch, inbox in
            ServiceStatus.Input(
                source: watch.source, received: watch.received, missing: watch.missing,
                recovered: inbox.recoveredMessages, waiting: inbox.readyCount, behind: behind(inbox))
        }
    }

    /// Tells of one input: the sum over its shards, or the worst of them.
    private func report(_ shards: [(InputWatch, Pipeline.Inbox)], _ service: String) {
        let labels = ["input": service]
        func sum(_ value: ((InputWatch, Pipeline.Inbox)) -> UInt64) -> Double { Double(shards.map(value).reduce(0, +)) }
        metrics.set(.received, sum { $0.0.received }, labels: labels)
        metrics.set(.missing, sum { $0.0.missing }, labels: labels)
        metrics.set(.recovered, sum { $0.1.recoveredMessages }, labels: labels)
        metrics.set(.recoveredBatches, sum { $0.1.recovered }, labels: labels)
        metrics.set(.dropped, sum { $0.1.dropped }, labels: labels)
        metrics.set(.duplicates, sum { $0.1.duplicates }, labels: labels)
        metrics.set(.inboxBatches, Double(shards.map(\.1.readyCount).max() ?? 0), labels: labels)
        metrics.set(.inboxCapacity, Double(shards.first?.1.capacity ?? 0), labels: labels)
        metrics.set(.missingPositions, Double(shards.map { behind($0.1) }.max() ?? 0), labels: labels)
        let heard = shards.compactMap(\.0.lastHeard)
        if heard.count == shards.count, let oldest = heard.min() {
            metrics.set(.lastHeard, since: oldest, labels: labels)
        }
    }

    /// Feed positions that are known to exist and have not arrived.
    private func behind(_ inbox: Pipeline.Inbox) -> UInt64 {
        inbox.knownHead.rawValue - min(inbox.knownHead.rawValue, inbox.tail.rawValue)
    }
}
