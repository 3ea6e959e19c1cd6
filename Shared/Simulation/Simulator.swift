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

    /// The ingestor and the stages.
    static let services = [
        Topology.ingestor, Topology.featureBuilder, Topology.inferenceServer, Topology.executor, Topology.riskGate,
        Topology.metricsRecorder,
    ]

    /// A process: a service, or one of the shards that it is divided into.
    struct Place {
        let service: String
        let shard: Shard
        let name: String
        /// The processes whose logs it takes, as its node counts its sources.
        let sources: [Int]
    }

    /// The kind of message that is an intent here, which ``Topology/riskGate`` stores before it says so.
    static let intent = Message.Kind.anomaly

    let seed: UInt64
    let fault: PlantedFault?
    private(set) var fleet: Fleet
    /// The processes by index; 0 is the ingestor.
    private(set) var places: [Place]
    var random: SplitMix64
    let weather: Weather
    let feed: [Batch]
    let settings: NodeSettings
    var store: SimulatedStore
    private var queue = Heap<Happening>()
    private var scheduled = 0
    var now = 0

    var feedNode: FeedNode?
    var nodes: [Node<MixStage>?]
    /// Counts the runs of each process, so that what was meant for an earlier run is told apart.
    var runs: [Int]
    /// Writes that have not reached the store; the run is not over before they have.
    var pendingWrites = 0
    var lastCommit: [Int]
    /// The run of each process whose writes no longer get through.
    var lostWrites: [Int]
    private(set) var slow = 0

    /// Until when a link, by producer and consumer, is cut; until when the store is away.
    var cut: [Int: Int] = [:]
    var storeBack = 0
    /// For the planted fault that does not count: what was delivered since the last watermark.
    var delivered: [Int: [Topic: Int]] = [:]

    var counts = (
        crashes: 0, lost: 0, duplicated: 0, rewinds: 0, recovered: 0, outages: 0, partitions: 0, divisions: 0
    )
    var failure: String?

    /// Faults happen before this time; afterwards everything must come to its end.
    static let calm = 400_000
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
        fleet = Self.drawFleet(using: &random)
        store = SimulatedStore(fault: fault)
        (places, nodes, runs, lastCommit, lostWrites) = ([], [], [], [], [])
        settle()
    }

    // MARK: Division

    private static func drawFleet(using random: inout SplitMix64) -> Fleet {
        Fleet(
            Dictionary(
                uniqueKeysWithValues: Topology.shardable.map { ($0, [1, 1, 2, 3].randomElement(using: &random) ?? 1) }))
    }

    /// Makes room for the processes of the fleet.
    private mutating func settle() {
        let all = Self.services.flatMap { service in fleet.shards(of: service).map { (service, $0) } }
        let names = all.map { $1.node(of: $0) }
        places = zip(all, names).map { entry, name in
            let sources = fleet.inputs(of: entry.0).flatMap { fleet.nodes(of: $0.source) }
            return Place(
                service: entry.0, shard: entry.1, name: name, sources: sources.map { names.firstIndex(of: $0) ?? 0 })
        }
        nodes = Array(repeating: nil, count: places.count)
        runs = Array(repeating: 0, count: places.count)
        lastCommit = Array(repeating: 0, count: places.count)
        lostWrites = Array(repeating: -1, count: places.count)
        slow = Int.random(in: places.indices, using: &random)
    }

    /// Divides the services otherwise: everything stops as by a power cut, and goes on from what is stored.
    private mutating func redivide() {
        counts.divisions += 1
        for index in places.indices { tally(index) }
        queue = []
        pendingWrites = 0
        feedNode = nil
        delivered = [:]
        fleet = Self.drawFleet(using: &random)
        settle()
        begin()
    }

    private mutating func begin() {
        for index in places.indices { start(index) }
        schedule(after: 1000, .weather)
    }

    // MARK: The run

    private mutating func run() -> SimulationReport {
        begin()
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
            storeOutages: counts.outages, partitions: counts.partitions, divisions: counts.divisions,
            microseconds: now)
    }

    private var isFinished: Bool {
        guard let end = feed.last?.watermark.position, pendingWrites == 0 else { return feed.isEmpty }
        return nodes.dropFirst().allSatisfy { $0.map { $0.progress == end && $0.isStored } ?? false }
    }

    private var progress: String {
        zip(places, nodes).dropFirst().map { $1?.summary ?? "\($0.name) is down" }.joined(separator: "; ")
    }

    private func recovered(_ node: Node<MixStage>?) -> Int { node?.inboxes.reduce(0) { $0 + Int($1.recovered) } ?? 0 }

    mutating func schedule(after delay: Int, _ what: Happening.What) {
        scheduled += 1
        queue.insert(Happening(time: now + delay, number: scheduled, what: what))
    }

    private mutating func handle(_ what: Happening.What) {
        switch what {
        case .message(let to, let source, let delivery): deliver(delivery, to: to, source: source)
        case .request(let to, let request): deliver(request, to: to)
        case .page(let to, let source, let page):
            nodes[to]?.receive(page, from: source)
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
                consumers: fleet.consumers(of: Topology.ingestor), settings: settings)
        } else {
            do {
                nodes[index] = try makeNode(index, snapshot(index))
                var effects: [Node<MixStage>.Effect] = []
                nodes[index]?.start(into: &effects)
                perform(effects, at: index)
            } catch {
                failure = "\(places[index].name): \(error)"
            }
        }
        schedule(after: 1000, .tick(index, run: runs[index]))
    }

    /// The newest snapshot of a node, after it has made its own of those that are newer and another division's.
    private mutating func snapshot(_ index: Int) -> Snapshot<MixStage.State>? {
        let place = places[index]
        func latest() -> Snapshot<MixStage.State>? { store.snapshot(of: place.name, atOrBefore: FeedPosition(.max)) }
        guard Topology.shardable.contains(place.service) else { return latest() }
        for parts in store.divided(place.service, otherThan: place.shard.count, after: latest()?.base) {
            guard let joined = StageDivision<MixStage>().snapshot(of: place.shard, from: parts) else { continue }
            store.adopt(joined, by: place.name)
        }
        return latest()
    }

    private func makeNode(_ index: Int, _ snapshot: Snapshot<MixStage.State>?) throws -> Node<MixStage> {
        var settings = settings
        let place = places[index]
        if place.service == Topology.riskGate, fault != .heardBeforeStored { settings.storedFirst = [Self.intent] }
        return try Node(
            place.name, shard: place.shard, stage: Self.stage(place.service, fault),
            inputs: fleet.inputs(of: place.service),
            consumers: fleet.consumers(of: place.service), settings: settings, snapshot: damaged(snapshot))
    }

    static func stage(_ service: String, _ fault: PlantedFault?) -> MixStage {
        MixStage(
            seed: UInt64(services.firstIndex(of: service) ?? 0), every: service == Topology.featureBuilder ? 1 : 2,
            byInstrument: Topology.shardable.contains(service), speaksBackwards: fault == .unorderedShards)
    }

    /// The snapshot as a planted fault leaves it.
    func damaged(_ snapshot: Snapshot<MixStage.State>?) -> Snapshot<MixStage.State>? {
        guard fault == .forgottenSequence, let snapshot else { return snapshot }
        return Snapshot(last: snapshot.last, sequencer: Sequencer(), state: snapshot.state)
    }

    mutating func crash(_ index: Int) {
        counts.crashes += 1
        runs[index] += 1
        tally(index)
        if index == 0 { feedNode = nil } else { nodes[index] = nil }
        schedule(after: Int.random(in: 10...weather.downtime, using: &random), .restart(index))
    }

    /// Counts what a process did that ends.
    private mutating func tally(_ index: Int) {
        counts.recovered += recovered(nodes[index])
        counts.rewinds += nodes[index]?.rewinds ?? 0
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

    mutating func offer(into effects: inout [FeedNode.Effect]) {
        guard let node = feedNode, node.hasRoom else { return }
        let offered = Int(node.sequencer.batches)
        let count = Int.random(in: 0...3, using: &random)
        feedNode?.offer(Array(feed.dropFirst(offered).prefix(count)), into: &effects)
    }

    mutating func advance(_ index: Int) {
        var effects: [Node<MixStage>.Effect] = []
        do {
            try nodes[index]?.advance(into: &effects)
        } catch {
            failure = "\(places[index].name): \(error)"
        }
        perform(effects, at: index)
    }

    // MARK: Effects

    mutating func perform(_ effects: [Node<MixStage>.Effect], at index: Int) {
        let run = runs[index]
        for effect in effects where runs[index] == run {
            switch effect {
            case .publish(let batch): publish(batch, from: index)
            case .heartbeat(let head): send(.heartbeat(head), from: index)
            case .request(let source, let request): send(request, from: index, to: places[index].sources[source])
            case .reply(let consumer, let page): reply(page, from: index, to: consumer)
            case .store(let batch):
                write(.rows(batch), by: index)
                if fault == .snapshotBeforeRows {
                    schedule(after: 0, .answer(to: index, run: run, .stored(batch.watermark.position)))
                }
            case .save(let snapshot, _):
                // The planted fault's snapshot overtakes the rows, which a transaction of its own allows.
                if fault == .snapshotBeforeRows {
                    store.save(snapshot, of: places[index].name, in: fleet)
                } else {
                    write(.snapshot(snapshot), by: index)
                }
            case .load(let position): write(.back(position), by: index)
            }
            maybeCrash(index)
        }
    }

    mutating func perform(_ effects: [FeedNode.Effect]) {
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

    mutating func maybeCrash(_ index: Int) {
        guard now < Self.calm, weather.crash > 0 else { return }
        if Double.random(in: 0..<1, using: &random) < weather.crash { crash(index) }
    }

    // MARK: Weather

    private mutating func changeWeather() {
        guard now < Self.calm else { return }
        if Double.random(in: 0..<1, using: &random) < weather.partition {
            let link = Int.random(in: 0..<places.count * places.count, using: &random)
            cut[link] = now + Int.random(in: 1...weather.outage, using: &random)
            counts.partitions += 1
        }
        if Double.random(in: 0..<1, using: &random) < weather.storeOutage {
            storeBack = now + Int.random(in: 1...weather.outage, using: &random)
            counts.outages += 1
        }
        if Double.random(in: 0..<1, using: &random) < weather.division { return redivide() }
        schedule(after: 1000, .weather)
    }
}
