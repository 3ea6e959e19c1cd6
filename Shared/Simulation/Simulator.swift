internal import HeapModule
internal import Pipeline
internal import Schema

/// Runs the whole pipeline of recovery machines in one process, under a network, a store and processes that fail as a
/// seed says, and compares what the services stored with what an undisturbed run gives.
///
/// The machines are the real ones, ``Pipeline/Node`` and ``Pipeline/FeedNode``; only their surroundings are simulated. A
/// seed always gives the same run. After FoundationDB's and TigerBeetle's way of testing.
public struct Simulator {
    /// Simulates one seed.
    ///
    /// * `batches`: The length of the feed.
    /// * `fault`: A mistake to plant; the run is then expected to fail for some seeds.
    public static func run(seed: UInt64, batches: Int = 40, fault: PlantedFault? = nil) -> SimulationReport {
        var simulator = Simulator(seed: seed, batches: batches, fault: fault)
        return simulator.run()
    }

    // Services by index; 0 is the ingestor.
    private static let names = [
        Topology.ingestor, Topology.featureBuilder, Topology.inferenceServer, Topology.executor, Topology.riskGate,
        Topology.metricsRecorder,
    ]
    private static let inputs = names.map { name in
        Topology.inputs(of: name).map { input in names.firstIndex(of: input.source)! }  // the topology names only these
    }

    /// The service that stores what it intends before it says so, and the kind of message that is an intent here.
    private static let gate = names.firstIndex(of: Topology.riskGate)!  // it is among the names
    private static let intent = Message.Kind.anomaly

    private let seed: UInt64
    private let fault: PlantedFault?
    private var random: SplitMix64
    private let weather: Weather
    private let feed: [Batch]
    private let settings: NodeSettings
    private var store: SimulatedStore
    private var queue = Heap<Happening>()
    private var scheduled = 0
    private var now = 0

    private var feedNode: FeedNode?
    private var nodes: [Node<MixStage>?] = Array(repeating: nil, count: names.count)
    /// Counts the runs of each process, so that what was meant for an earlier run is told apart.
    private var runs = Array(repeating: 0, count: names.count)
    /// Writes that have not reached the store; the run is not over before they have.
    private var pendingWrites = 0
    private var lastCommit = Array(repeating: 0, count: names.count)
    /// The run of each process whose writes no longer get through.
    private var lostWrites = Array(repeating: -1, count: names.count)
    private let slow: Int

    /// Until when a link, by producer and consumer, is cut; until when the store is away.
    private var cut: [Int: Int] = [:]
    private var storeBack = 0
    /// For the planted fault that does not count: what was delivered since the last watermark.
    private var delivered: [Int: [Topic: Int]] = [:]

    private var counts = (crashes: 0, lost: 0, duplicated: 0, rewinds: 0, recovered: 0, outages: 0, partitions: 0)
    private var failure: String?

    /// Faults happen before this time; afterwards everything must come to its end.
    private static let calm = 400_000
    private static let limit = 6_000_000

    private init(seed: UInt64, batches: Int, fault: PlantedFault?) {
        self.seed = seed
        self.fault = fault
        random = SplitMix64(seed: seed)
        weather = Weather(using: &random)
        feed = (try? SimulatedFeed(seed: random.next(), count: batches).batches) ?? []
        let interval = [3, 4, 7].randomElement(using: &random) ?? 4
        settings = NodeSettings(
            snapshotEvery: UInt64(interval), ringCapacity: interval + Int.random(in: 0...6, using: &random),
            inboxCapacity: Int.random(in: 2...8, using: &random), pageLimit: Int.random(in: 1...5, using: &random),
            acknowledgeEvery: 2, requestPatience: 4, probeAfter: 3,
            unstoredLimit: Int.random(in: 1...8, using: &random), keepsPace: Bool.random(using: &random))
        slow = Int.random(in: 0..<Self.names.count, using: &random)
        store = SimulatedStore(services: Self.names.count, fault: fault)
    }

    // MARK: The run

    private mutating func run() -> SimulationReport {
        for index in Self.names.indices { start(index) }
        schedule(after: 1000, .weather)
        while failure == nil, !isFinished {
            guard let next = queue.popMin() else {
                failure = "nothing happens any more at \(now) µs"
                break
            }
            now = next.time
            guard now < Self.limit else {
                failure = "stalled: \(progress)"
                break
            }
            handle(next.what)
        }
        if failure == nil { compare() }
        return SimulationReport(
            seed: seed, failure: failure, batches: feed.count, rows: store.rows.count, crashes: counts.crashes,
            lost: counts.lost, duplicated: counts.duplicated, rewinds: counts.rewinds,
            recoveredBatches: counts.recovered + nodes.reduce(0) { $0 + recovered($1) },
            storeOutages: counts.outages, partitions: counts.partitions, microseconds: now)
    }

    private var isFinished: Bool {
        guard let end = feed.last?.watermark.position, pendingWrites == 0 else { return feed.isEmpty }
        return nodes.dropFirst().allSatisfy { $0.map { $0.progress == end && $0.isStored } ?? false }
    }

    private var progress: String {
        zip(Self.names, nodes).dropFirst().map { $1?.summary ?? "\($0) is down" }.joined(separator: "; ")
    }

    private func recovered(_ node: Node<MixStage>?) -> Int { node?.inboxes.reduce(0) { $0 + Int($1.recovered) } ?? 0 }

    private mutating func schedule(after delay: Int, _ what: Happening.What) {
        scheduled += 1
        queue.insert(Happening(time: now + delay, number: scheduled, what: what))
    }

    private mutating func handle(_ what: Happening.What) {
        switch what {
        case .message(let to, let input, let delivery): deliver(delivery, to: to, input: input)
        case .request(let to, let request): deliver(request, to: to)
        case .page(let to, let input, let page):
            nodes[to]?.receive(page, from: input)
            advance(to)
        case .commit(let by, let run, let write):
            pendingWrites -= 1
            commit(write, by: by, run: run)
        case .answer(let to, let run, let answer): if runs[to] == run { take(answer, at: to) }
        case .tick(let index, let run): if runs[index] == run { tick(index) }
        case .weather: changeWeather()
        case .restart(let index): start(index)
        }
    }

    // MARK: Processes

    private mutating func start(_ index: Int) {
        runs[index] += 1
        if index == 0 {
            feedNode = FeedNode(
                head: store.feedLog.last?.watermark.position ?? .start, sequencer: store.feedSequencer,
                consumers: Topology.consumers(of: Self.names[0]), settings: settings)
        } else {
            do {
                nodes[index] = try makeNode(index, store.latest(of: index))
                var effects: [Node<MixStage>.Effect] = []
                nodes[index]?.start(into: &effects)
                perform(effects, at: index)
            } catch {
                failure = "\(Self.names[index]): \(error)"
            }
        }
        schedule(after: 1000, .tick(index, run: runs[index]))
    }

    private func makeNode(_ index: Int, _ snapshot: Snapshot<MixStage.State>?) throws -> Node<MixStage> {
        var settings = settings
        if index == Self.gate, fault != .heardBeforeStored { settings.storedFirst = [Self.intent] }
        return try Node(
            Self.names[index], stage: Self.stage(index), inputs: Topology.inputs(of: Self.names[index]),
            consumers: Topology.consumers(of: Self.names[index]), settings: settings, snapshot: damaged(snapshot))
    }

    private static func stage(_ index: Int) -> MixStage {
        MixStage(seed: UInt64(index), every: names[index] == Topology.featureBuilder ? 1 : 2)
    }

    /// The snapshot as a planted fault leaves it.
    private func damaged(_ snapshot: Snapshot<MixStage.State>?) -> Snapshot<MixStage.State>? {
        guard fault == .forgottenSequence, let snapshot else { return snapshot }
        return Snapshot(last: snapshot.last, sequencer: Sequencer(), state: snapshot.state)
    }

    private mutating func crash(_ index: Int) {
        counts.crashes += 1
        runs[index] += 1
        counts.recovered += recovered(nodes[index])
        counts.rewinds += nodes[index]?.rewinds ?? 0
        if index == 0 { feedNode = nil } else { nodes[index] = nil }
        schedule(after: Int.random(in: 10...weather.downtime, using: &random), .restart(index))
    }

    private mutating func tick(_ index: Int) {
        if index == 0 {
            var effects: [FeedNode.Effect] = []
            feedNode?.tick(into: &effects)
            offer(into: &effects)
            perform(effects)
        } else {
            var effects: [Node<MixStage>.Effect] = []
            nodes[index]?.tick(into: &effects)
            perform(effects, at: index)
            advance(index)
        }
        schedule(after: 1000, .tick(index, run: runs[index]))
    }

    private mutating func offer(into effects: inout [FeedNode.Effect]) {
        guard let node = feedNode, node.hasRoom else { return }
        let offered = Int(node.sequencer.batches)
        let count = Int.random(in: 0...3, using: &random)
        feedNode?.offer(Array(feed.dropFirst(offered).prefix(count)), into: &effects)
    }

    private mutating func advance(_ index: Int) {
        var effects: [Node<MixStage>.Effect] = []
        do {
            try nodes[index]?.advance(into: &effects)
        } catch {
            failure = "\(Self.names[index]): \(error)"
        }
        perform(effects, at: index)
    }

    // MARK: Effects

    private mutating func perform(_ effects: [Node<MixStage>.Effect], at index: Int) {
        let run = runs[index]
        for effect in effects where runs[index] == run {
            switch effect {
            case .publish(let batch): publish(batch, from: index)
            case .heartbeat(let head): send(.heartbeat(head), from: index)
            case .request(let input, let request): send(request, from: index, to: Self.inputs[index][input])
            case .reply(let consumer, let page): reply(page, from: index, to: consumer)
            case .store(let batch):
                write(.rows(batch), by: index)
                if fault == .snapshotBeforeRows {
                    schedule(after: 0, .answer(to: index, run: run, .stored(batch.watermark.position)))
                }
            case .save(let snapshot, _):
                // The planted fault's snapshot overtakes the rows, which a transaction of its own allows.
                if fault == .snapshotBeforeRows {
                    store.save(snapshot, of: index)
                } else {
                    write(.snapshot(snapshot), by: index)
                }
            case .load(let position):
                let snapshot = store.snapshot(of: index, atOrBefore: position)
                if snapshot == nil, store.pruned.contains(index) {
                    failure = "\(Self.names[index]): \(NodeError.noSnapshot(atOrBefore: position))"
                }
                schedule(
                    after: Int.random(in: 1...weather.storeLatency, using: &random),
                    .answer(to: index, run: run, .loaded(snapshot)))
            }
            maybeCrash(index)
        }
    }

    private mutating func perform(_ effects: [FeedNode.Effect]) {
        let run = runs[0]
        for effect in effects where runs[0] == run {
            switch effect {
            case .append(let batches):
                guard let sequencer = feedNode?.sequencer else { return }
                write(.feed(batches, sequencer), by: 0)
            case .publish(let batch): publish(batch, from: 0)
            case .heartbeat(let head): send(.heartbeat(head), from: 0)
            case .reply(let consumer, let page): reply(page, from: 0, to: consumer)
            case .readLog(let consumer, let position, let limit, let head):
                let batches = store.log(after: position, limit: limit)
                reply(RecoveryPage(batches: batches, head: head), from: 0, to: consumer)
            }
            maybeCrash(0)
        }
    }

    private mutating func maybeCrash(_ index: Int) {
        guard now < Self.calm, weather.crash > 0 else { return }
        if Double.random(in: 0..<1, using: &random) < weather.crash { crash(index) }
    }

    // MARK: The network

    private mutating func publish(_ batch: LogBatch, from index: Int) {
        expectIntents(of: batch, from: index)
        for entry in batch.entries { send(.entry(entry), from: index) }
        send(.watermark(batch.watermark, number: batch.number), from: index)
    }

    /// Whoever hears of an intent must find it stored.
    private mutating func expectIntents(of batch: LogBatch, from index: Int) {
        guard index == Self.gate else { return }
        for entry in batch.entries where entry.event.message.kind == Self.intent {
            let key = SimulatedStore.RowKey(
                service: index, batch: batch.watermark.position, ordinal: entry.ordinal)
            if store.rows[key] == nil { failure = "an intent of batch \(key.batch) was heard of before it was stored" }
        }
    }

    private mutating func send(_ delivery: Happening.Delivery, from index: Int) {
        for consumer in Self.names.indices {
            guard let input = Self.inputs[consumer].firstIndex(of: index) else { continue }
            transmit(from: index, to: consumer, .message(to: consumer, input: input, delivery))
        }
    }

    private mutating func send(_ request: RecoveryRequest, from index: Int, to producer: Int) {
        transmit(from: producer, to: index, .request(to: producer, request))
    }

    private mutating func reply(_ page: RecoveryPage, from index: Int, to consumer: String) {
        guard let to = Self.names.firstIndex(of: consumer), let input = Self.inputs[to].firstIndex(of: index) else {
            return
        }
        for batch in page.batches { expectIntents(of: batch, from: index) }
        transmit(from: index, to: to, .page(to: to, input: input, page))
    }

    private mutating func transmit(from producer: Int, to consumer: Int, _ what: Happening.What) {
        let isCalm = now >= Self.calm
        if !isCalm {
            let isCut = cut[producer * Self.names.count + consumer, default: 0] > now
            if isCut || Double.random(in: 0..<1, using: &random) < weather.loss {
                counts.lost += 1
                return
            }
            if Double.random(in: 0..<1, using: &random) < weather.duplication {
                counts.duplicated += 1
                schedule(after: Int.random(in: 1...weather.delay, using: &random), what)
            }
        }
        let slowness = consumer == slow && !isCalm ? weather.slowness : 1
        schedule(after: Int.random(in: 1...weather.delay, using: &random) * slowness, what)
    }

    private mutating func deliver(_ delivery: Happening.Delivery, to index: Int, input: Int) {
        guard nodes[index] != nil else { return }
        switch delivery {
        case .entry(let entry):
            if fault == .uncountedBatches {
                delivered[index * 8 + input, default: [:]][entry.event.message.topic, default: 0] += 1
            }
            nodes[index]?.receive(entry, from: input)
        case .watermark(let watermark, let number):
            let watermark = uncounted(watermark, index, input)
            nodes[index]?.receive(watermark, number: number, from: input)
        case .heartbeat(let head): nodes[index]?.receiveHead(head, from: input)
        }
        advance(index)
    }

    /// The watermark as a subscriber sees it that takes whatever has come for the whole.
    private mutating func uncounted(_ watermark: Watermark, _ index: Int, _ input: Int) -> Watermark {
        guard fault == .uncountedBatches else { return watermark }
        let seen = delivered.removeValue(forKey: index * 8 + input) ?? [:]
        let tails = watermark.tails.compactMap { tail in
            seen[tail.topic].map { Watermark.Tail(topic: tail.topic, count: min($0, tail.count), last: tail.last) }
        }
        return Watermark(
            position: watermark.position, previous: watermark.previous, time: watermark.time, tails: tails)
    }

    private mutating func deliver(_ request: RecoveryRequest, to index: Int) {
        if index == 0 {
            var effects: [FeedNode.Effect] = []
            feedNode?.receive(request, into: &effects)
            perform(effects)
        } else {
            var effects: [Node<MixStage>.Effect] = []
            nodes[index]?.receive(request, into: &effects)
            perform(effects, at: index)
            advance(index)
        }
    }

    // MARK: The store

    /// Writes of one process reach the store in order, as over one connection.
    private mutating func write(_ write: Happening.Write, by index: Int) {
        let latency = Int.random(in: 1...weather.storeLatency, using: &random)
        let time = max(now + latency, lastCommit[index])
        lastCommit[index] = time
        pendingWrites += 1
        schedule(after: time - now, .commit(by: index, run: runs[index], write))
    }

    private mutating func commit(_ write: Happening.Write, by index: Int, run: Int) {
        if storeBack > now {
            guard runs[index] == run else {
                lostWrites[index] = run
                return
            }
            // The process tries again until the store is back, and its later writes wait behind this one.
            let time = max(storeBack, lastCommit[index])
            lastCommit[index] = time
            pendingWrites += 1
            schedule(after: time - now, .commit(by: index, run: run, write))
            return
        }
        // A process that died while its write was on the way may or may not have got it through; what it wrote after a
        // write that did not get through did not either.
        if runs[index] != run {
            guard lostWrites[index] != run, Bool.random(using: &random) else {
                lostWrites[index] = run
                return
            }
        }
        switch write {
        case .rows(let batch):
            store.store(batch, of: index)
            schedule(after: 1, .answer(to: index, run: run, .stored(batch.watermark.position)))
        case .snapshot(let snapshot): store.save(trimmed(snapshot), of: index)
        case .feed(let batches, let sequencer):
            guard store.append(batches, sequencer) else {
                if runs[index] == run { crash(index) }
                return
            }
            if let last = batches.last {
                schedule(after: 1, .answer(to: index, run: run, .appended(last.watermark.position)))
            }
        }
    }

    /// The snapshot as the planted fault writes it: filed under the place it stands at, since it cannot serve its last batch.
    private func trimmed(_ snapshot: Snapshot<MixStage.State>) -> Snapshot<MixStage.State> {
        guard fault == .snapshotWithoutLastBatch else { return snapshot }
        let mark = snapshot.last.watermark
        let empty = LogBatch(
            entries: [],
            watermark: Watermark(position: mark.position, previous: mark.previous, time: mark.time),
            number: snapshot.last.number)
        return Snapshot(last: empty, sequencer: snapshot.sequencer, state: snapshot.state)
    }

    private mutating func take(_ answer: Happening.Answer, at index: Int) {
        switch answer {
        case .appended(let position):
            var effects: [FeedNode.Effect] = []
            feedNode?.appended(upTo: position, into: &effects)
            offer(into: &effects)
            perform(effects)
        case .stored(let position):
            var effects: [Node<MixStage>.Effect] = []
            nodes[index]?.stored(upTo: position, into: &effects)
            perform(effects, at: index)
            advance(index)
        case .loaded(let snapshot):
            var effects: [Node<MixStage>.Effect] = []
            let snapshot = damaged(snapshot)
            do {
                try nodes[index]?.rewound(to: snapshot, fresh: Self.stage(index), into: &effects)
            } catch {
                failure = "\(Self.names[index]): \(error)"
            }
            perform(effects, at: index)
            advance(index)
        }
    }

    // MARK: Weather and verdict

    private mutating func changeWeather() {
        guard now < Self.calm else { return }
        if Double.random(in: 0..<1, using: &random) < weather.partition {
            let link = Int.random(in: 0..<Self.names.count * Self.names.count, using: &random)
            cut[link] = now + Int.random(in: 1...weather.outage, using: &random)
            counts.partitions += 1
        }
        if Double.random(in: 0..<1, using: &random) < weather.storeOutage {
            storeBack = now + Int.random(in: 1...weather.outage, using: &random)
            counts.outages += 1
        }
        schedule(after: 1000, .weather)
    }

    private mutating func compare() {
        if let conflict = store.conflict {
            failure = "stored twice with different content: \(conflict)"
            return
        }
        do {
            let expected = try Self.expectedRows(feed)
            guard expected != store.rows else { return }
            let missing = expected.keys.filter { store.rows[$0] == nil }.count
            let foreign = store.rows.keys.filter { expected[$0] == nil }.count
            let different = expected.filter { store.rows[$0.key] != nil && store.rows[$0.key] != $0.value }.count
            failure = "\(missing) rows missing, \(foreign) too many, \(different) different"
        } catch {
            failure = "\(error)"
        }
    }

    /// What the services store when nothing disturbs them: the one-process run.
    private static func expectedRows(_ feed: [Batch]) throws -> [SimulatedStore.RowKey: LogEntry] {
        var pipeline = LocalPipeline()
        for index in names.indices.dropFirst() { pipeline.add(names[index], stage(index)) }
        var sequencers = Array(repeating: Sequencer(), count: names.count)
        var rows: [SimulatedStore.RowKey: LogEntry] = [:]
        for batch in feed {
            try pipeline.run(batch) { name, output in
                let index = names.firstIndex(of: name)!  // every part was added from `names`
                let numbered = sequencers[index].number(output.events, closing: output.watermark)
                for entry in numbered.entries {
                    rows[.init(service: index, batch: output.watermark.position, ordinal: entry.ordinal)] = entry
                }
            }
        }
        return rows
    }
}
