internal import DequeModule
public import Schema

/// What a node keeps to go on from: taken between two batches, at the same places in every node.
public struct Snapshot<State: Codable & Sendable>: Codable, Sendable {
    /// The last batch computed.
    ///
    /// It is kept because a delayed input asks for the very batch at which both sides took their snapshots.
    public let last: LogBatch
    public let sequencer: Sequencer
    public let state: State

    public init(last: LogBatch, sequencer: Sequencer, state: State) {
        self.last = last
        self.sequencer = sequencer
        self.state = state
    }

    /// The last watermark processed.
    public var position: FeedPosition { last.watermark.position }
    /// The place after which a node that starts from here can serve others; the snapshot is filed under it.
    public var base: FeedPosition { last.watermark.previous }
}

/// A violated assumption of the recovery protocol; the process must stop.
public enum NodeError: Error, Equatable, Sendable {
    /// Two inputs have different watermarks at the same place.
    case misaligned(input: String, expected: FeedPosition, found: FeedPosition)
    /// A consumer needs batches older than every snapshot that is left.
    case noSnapshot(atOrBefore: FeedPosition)
}

/// A stage with everything that lets it be killed at any moment: inputs that notice loss, an output log that others can
/// ask again, snapshots to go on from.
///
/// A pure state machine: it is told what arrived and answers what to do. `ServiceKit` does it with sockets and Postgres,
/// `Simulation` with a network and a store that lose, delay and crash.
///
/// **The rules it keeps.** (1) A batch is processed whole, once its predecessor is. (2) Computing a batch again gives the
/// same messages with the same numbers, so doing it twice is harmless. (3) A snapshot is saved only after the rows of every
/// batch up to it are stored. (4) Snapshots are taken at the same watermarks everywhere, and the store keeps those back to
/// the newest place that *every* node has passed; so, whatever crashes, all can go on from there. (5) A consumer that asks
/// for what has left the ring makes the node go back to a snapshot and compute it again. (6) Until it has been there again it
/// has not passed the places behind that snapshot: its snapshots of them are taken back.
public struct Node<S: Stage>: Sendable {
    /// Something for the shell to do, in the order given.
    public enum Effect: Sendable {
        case publish(LogBatch)
        case heartbeat(FeedPosition)
        /// Ask one of ``Node/sources``.
        case request(source: Int, RecoveryRequest)
        case reply(consumer: String, RecoveryPage)
        /// Write the rows of a batch and answer with ``Node/stored(upTo:into:)``.
        case store(LogBatch)
        /// Keep a snapshot; what is older than rule 4 needs may go.
        case save(Snapshot<S.State>, number: UInt64)
        /// Find the newest snapshot whose ``Snapshot/base`` is at or before a position, delete those behind it, and answer with
        /// ``Node/rewound(to:for:fresh:into:)``; or with ``Node/stay(for:)`` where every node's newest snapshot is behind
        /// that position, since then nobody can need it.
        case load(atOrBefore: FeedPosition)
    }

    /// One log that the node takes: an input's, or one of the shards that an input is divided into.
    public struct Source: Sendable, Hashable {
        /// The input's place among the inputs.
        public let input: Int
        public let shard: Shard
        /// Whose log it is, for people.
        public let name: String
    }

    public let name: String
    /// Of all inputs, in their order, each with its shards.
    public let sources: [Source]
    public private(set) var runner: StageRunner<S>
    /// The last watermark processed.
    public private(set) var progress: FeedPosition
    /// One for each source.
    public private(set) var inboxes: [Inbox]
    public private(set) var ring: Ring

    private let inputs: [Topology.Input]
    /// Of each input, its first source; those of its other shards follow.
    private let firstSources: [Int]
    private let shard: Shard
    /// The first source of the primary input.
    private let primary: Int
    private let consumers: [String]
    private let settings: NodeSettings
    private var previous: FeedPosition
    private var sequencer: Sequencer
    /// Batches whose rows are not known to be stored.
    private var unstored: Deque<LogBatch> = []
    /// Batches that nobody may hear of yet: the first waits for its rows, the others for the first.
    private var unpublished: Deque<LogBatch> = []
    /// Snapshots that wait for their rows.
    private var unsaved: Deque<Snapshot<S.State>> = []
    private var rewind: FeedPosition?
    /// After going back: how far the node was.
    ///
    /// Until it is there again it waits for its consumers, lest it forget once more what one of them has asked for.
    private var catchUp = FeedPosition.start
    private var publishedSinceTick = false
    private var quietTicks = 0
    /// How often the node went back to a snapshot because a consumer asked for what had left the ring.
    public private(set) var rewinds = 0

    /// Starts from a snapshot, or from the beginning of the feed.
    ///
    /// With a `shard` the stage is given what concerns that of its inputs; the watermarks it is given all.
    public init(
        _ name: String, shard: Shard = .whole, stage: S, inputs: [Topology.Input], consumers: [String],
        settings: NodeSettings = NodeSettings(),
        snapshot: Snapshot<S.State>? = nil
    ) throws {
        precondition(inputs.contains { $0.delay == 0 }, "a node has an input without delay")
        self.name = name
        self.shard = shard
        self.inputs = inputs
        self.consumers = consumers
        self.settings = settings
        sources = inputs.enumerated().flatMap { index, input in
            (0..<input.shards).map { number in
                let shard = Shard(number, of: input.shards)
                return Source(input: index, shard: shard, name: shard.node(of: input.source))
            }
        }
        firstSources = inputs.indices.map { inputs[..<$0].reduce(0) { $0 + $1.shards } }
        primary = firstSources[inputs.lastIndex { $0.delay == 0 }!]  // by the precondition
        runner = StageRunner(stage, inputs: inputs)
        progress = .start
        previous = .start
        sequencer = Sequencer()
        ring = Ring(start: .start, capacity: settings.ringCapacity, consumers: consumers)
        inboxes = []
        try take(snapshot)
    }

    private mutating func take(_ snapshot: Snapshot<S.State>?) throws {
        if let snapshot { try runner.restore(snapshot.state) }
        progress = snapshot?.position ?? .start
        previous = snapshot?.base ?? .start
        sequencer = snapshot?.sequencer ?? Sequencer()
        ring = Ring(start: previous, capacity: settings.ringCapacity, consumers: consumers)
        if let snapshot { ring.append(snapshot.last) }
        inboxes = freshInboxes()
        unstored.removeAll()
        unpublished.removeAll()
        unsaved.removeAll()
    }

    private func freshInboxes() -> [Inbox] {
        sources.map { source in
            Inbox(consumed: delay(of: source) == 0 ? progress : previous, capacity: settings.inboxCapacity)
        }
    }

    private func delay(of source: Source) -> Int { inputs[source.input].delay }

    /// The source that a shard of an input is, by its place among ``sources``; `nil` for one of another division.
    public func source(of shard: Shard, input: Int) -> Int? {
        shard.count == inputs[input].shards ? firstSources[input] + shard.index : nil
    }

    /// Where the node stands, in one line, for logs and failing tests.
    public var summary: String {
        let inputs = zip(sources, inboxes).map { source, inbox in
            "\(source.name) \(inbox.consumed)+\(inbox.readyCount)/\(inbox.knownHead)"
        }
        return "\(name) at \(progress), ring \(ring.base)-\(ring.head)\(ring.isFull ? " full" : ""), unstored "
            + "\(unstored.count)\(rewind.map { ", going back to \($0)" } ?? ""), inputs \(inputs.joined(separator: ", "))"
    }

    /// Whether the rows of everything processed are stored.
    public var isStored: Bool { unstored.isEmpty }

    /// Whether somebody waits for rows to be stored.
    public var isHolding: Bool { !unpublished.isEmpty }

    // MARK: What arrives

    public mutating func start(into effects: inout [Effect]) {
        for source in inboxes.indices { probe(source, into: &effects) }
    }

    public mutating func receive(_ entry: LogEntry, from source: Int) { inboxes[source].receive(entry) }

    public mutating func receive(_ watermark: Watermark, number: UInt64, from source: Int) {
        inboxes[source].receive(watermark, number: number)
        quietTicks = 0
    }

    public mutating func receiveHead(_ head: FeedPosition, from source: Int) {
        inboxes[source].receiveHead(head)
        quietTicks = 0
    }

    public mutating func receive(_ page: RecoveryPage, from source: Int) {
        inboxes[source].receive(page)
        quietTicks = 0
    }

    /// Takes a consumer's request, or an outsider's.
    public mutating func receive(_ request: RecoveryRequest, into effects: inout [Effect]) {
        switch request {
        case .acknowledge(let consumer, let position): ring.acknowledge(consumer, upTo: position)
        case .batches(let consumer, let position, let limit):
            let limit = min(limit, settings.pageLimit)
            switch ring.answer(after: position, limit: limit) {
            case .page(let page):
                ring.acknowledge(consumer, upTo: position)
                effects.append(.reply(consumer: consumer, visible(page)))
            case .forgotten where ring.isConsumer(consumer): goBack(to: position, into: &effects)
            case .forgotten:
                // An outsider has no right to make the node compute again: it gets what there is, and sees the gap.
                if case .page(let page) = ring.answer(after: ring.base, limit: limit) {
                    effects.append(.reply(consumer: consumer, visible(page)))
                }
            }
        }
    }

    /// What of a page may be heard of.
    private func visible(_ page: RecoveryPage) -> RecoveryPage {
        guard let first = unpublished.first?.watermark else { return page }
        return RecoveryPage(
            batches: page.batches.filter { $0.watermark.position < first.position }, head: first.previous)
    }

    /// The rows of every batch up to `position` are durable.
    public mutating func stored(upTo position: FeedPosition, into effects: inout [Effect]) {
        while let batch = unstored.first, batch.watermark.position <= position {
            unstored.removeFirst()
        }
        while let batch = unpublished.first, batch.watermark.position <= position || !isStoredFirst(batch) {
            unpublished.removeFirst()
            publish(batch, into: &effects)
        }
        // One saved behind the place that the node goes back to would leave a gap before it.
        while rewind == nil, let snapshot = unsaved.first, snapshot.position <= position {
            unsaved.removeFirst()
            effects.append(.save(snapshot, number: snapshot.sequencer.batches))
        }
    }

    /// Goes on from an older place; `nil` is the beginning of the feed.
    ///
    /// `position`: That was asked for. Where one still further back has been since, the node goes back to this snapshot and
    /// waits for the other answer: behind this one its snapshots are gone.
    /// `stage`: As it was before its first event.
    public mutating func rewound(
        to snapshot: Snapshot<S.State>?, for position: FeedPosition, fresh stage: S, into effects: inout [Effect]
    ) throws {
        guard let asked = rewind, asked <= position else { return }
        catchUp = max(catchUp, progress)
        runner = StageRunner(stage, inputs: inputs)
        try take(snapshot)
        if asked == position { rewind = nil }
        rewinds += 1
        start(into: &effects)
    }

    /// Goes on where it is: what it should have gone back for was asked by a consumer in a former life.
    public mutating func stay(for position: FeedPosition) {
        if rewind == position { rewind = nil }
    }

    /// Lets time pass: heartbeats, requests that got no answer, acknowledgements.
    public mutating func tick(into effects: inout [Effect]) {
        for source in inboxes.indices {
            let position = inboxes[source].tick(patience: settings.requestPatience)
            effects.append(.request(source: source, .acknowledge(consumer: name, upTo: position)))
        }
        quietTicks += 1
        if quietTicks >= settings.probeAfter {
            quietTicks = 0
            for source in inboxes.indices { probe(source, into: &effects) }
        }
        if !publishedSinceTick { effects.append(.heartbeat(visibleHead)) }
        publishedSinceTick = false
    }

    // MARK: What is done

    /// Processes every batch that can be, and asks for what is missing.
    ///
    /// - Throws: What the stage throws, and ``NodeError``.
    public mutating func advance(into effects: inout [Effect]) throws {
        while rewind == nil, !(ring.isFull && (settings.keepsPace || progress < catchUp)),
            unstored.count < settings.unstoredLimit, let next = inboxes[primary].first,
            let batches = try takeInputs(closing: next.watermark)
        {
            let events = try runner.run(batches, closing: next.watermark)
            let batch = sequencer.number(events, closing: next.watermark)
            previous = progress
            progress = next.watermark.position
            ring.append(batch)
            unstored.append(batch)
            if unpublished.isEmpty, !isStoredFirst(batch) {
                publish(batch, into: &effects)
            } else {
                unpublished.append(batch)
            }
            effects.append(.store(batch))
            if sequencer.batches % settings.snapshotEvery == 0 {
                unsaved.append(
                    Snapshot(last: batch, sequencer: sequencer, state: runner.stage.state))
            }
        }
        for source in inboxes.indices {
            if let position = inboxes[source].dueAcknowledgement(every: settings.acknowledgeEvery) {
                effects.append(.request(source: source, .acknowledge(consumer: name, upTo: position)))
            }
            if let due = inboxes[source].dueRequest(limit: settings.pageLimit) {
                effects.append(
                    .request(source: source, .batches(consumer: name, after: due.after, limit: due.limit)))
            }
        }
    }

    /// The events of each input for the watermark, if all are there.
    private mutating func takeInputs(closing watermark: Watermark) throws -> [[Event]]? {
        for (source, inbox) in zip(sources, inboxes) where hasBatch(source) {
            guard let batch = inbox.first else { return nil }
            let expected = delay(of: source) == 0 ? watermark.position : progress
            guard batch.watermark.position == expected else {
                throw NodeError.misaligned(
                    input: source.name, expected: expected, found: batch.watermark.position)
            }
        }
        var batches: [[LogBatch]] = Array(repeating: [], count: inputs.count)
        for (index, source) in sources.enumerated() where hasBatch(source) {
            if let batch = inboxes[index].take() { batches[source.input].append(batch) }
        }
        return batches.map { shards in
            let events = ShardMerge.entries(shards).map(\.event)
            return shard.count == 1 ? events : events.filter { S.concerns($0, shard) }
        }
    }

    /// Whether a batch of the source belongs to the next watermark; of a delayed one none belongs to the first.
    private func hasBatch(_ source: Source) -> Bool { delay(of: source) == 0 || progress != .start }

    private func isStoredFirst(_ batch: LogBatch) -> Bool {
        !settings.storedFirst.isEmpty
            && batch.entries.contains { settings.storedFirst.contains($0.event.message.kind) }
    }

    private mutating func publish(_ batch: LogBatch, into effects: inout [Effect]) {
        effects.append(.publish(batch))
        publishedSinceTick = true
    }

    private mutating func probe(_ source: Int, into effects: inout [Effect]) {
        guard let position = inboxes[source].probe() else { return }
        effects.append(
            .request(source: source, .batches(consumer: name, after: position, limit: settings.pageLimit)))
    }

    private mutating func goBack(to position: FeedPosition, into effects: inout [Effect]) {
        if let rewind, rewind <= position { return }
        rewind = position
        effects.append(.load(atOrBefore: position))
    }

    /// The last watermark that others may know of.
    private var visibleHead: FeedPosition {
        unpublished.first?.watermark.previous ?? ring.head
    }
}
