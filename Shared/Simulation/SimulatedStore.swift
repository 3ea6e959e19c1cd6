internal import Pipeline
internal import Schema

/// What survives a crash: the feed log, rows, snapshots.
struct SimulatedStore {
    /// One stored message: keyed by service and by its place among what the batch says of its instrument, which does not
    /// depend on how the service is divided.
    struct RowKey: Hashable {
        let service: String
        let batch: FeedPosition
        let instrument: Instrument?
        let place: Int
    }

    struct Row: Equatable {
        let event: Event
        let sequence: UInt64
    }

    private(set) var feedLog: [LogBatch] = []
    private(set) var feedSequencer = Sequencer()
    private(set) var rows: [RowKey: Row] = [:]
    /// By node.
    private var snapshots: [String: [Snapshot<MixStage.State>]] = [:]
    /// Services of which snapshots were dropped; they can no longer go back to the beginning of the feed.
    private(set) var pruned: Set<String> = []
    /// The first row that was stored twice with different content, if any.
    private(set) var conflict: String?
    private let fault: PlantedFault?

    init(fault: PlantedFault?) { self.fault = fault }

    /// - Returns: `false` when the log already goes on otherwise, by the last write of a process thought dead: the writer is
    ///   fenced and must start anew.
    mutating func append(_ batches: [LogBatch], _ sequencer: Sequencer) -> Bool {
        guard batches.first?.watermark.previous == feedLog.last?.watermark.position ?? .start else { return false }
        feedLog += batches
        feedSequencer = sequencer
        return true
    }

    func log(after position: FeedPosition, limit: Int) -> [LogBatch] {
        let start = feedLog.firstIndex { $0.watermark.previous >= position } ?? feedLog.endIndex
        return Array(feedLog[start...].prefix(limit))
    }

    private static func rows(_ batch: LogBatch, of service: String) -> [(key: RowKey, row: Row)] {
        var counts: [Instrument?: Int] = [:]
        return batch.entries.map { entry in
            let instrument = entry.event.message.topic.instrument
            defer { counts[instrument, default: 0] += 1 }
            return (
                RowKey(
                    service: service, batch: batch.watermark.position, instrument: instrument,
                    place: counts[instrument, default: 0]), Row(event: entry.event, sequence: entry.sequence)
            )
        }
    }

    mutating func store(_ batch: LogBatch, of service: String) {
        for (key, row) in Self.rows(batch, of: service) {
            if let stored = rows[key] {
                if stored != row { conflict = conflict ?? "\(service) batch \(key.batch) row \(key.place)" }
            } else {
                rows[key] = row
            }
        }
    }

    /// Whether a message of a service's batch is stored.
    func has(_ entry: LogEntry, of batch: LogBatch, by service: String) -> Bool {
        Self.rows(batch, of: service).contains { $0.row.event == entry.event && rows[$0.key] != nil }
    }

    mutating func save(_ snapshot: Snapshot<MixStage.State>, of node: String, in fleet: Fleet) {
        var own = snapshots[node, default: []]
        own.removeAll { $0.base == snapshot.base }
        own.append(snapshot)
        own.sort { $0.base < $1.base }
        snapshots[node] = own
        if fault == .pruneByOwnProgress {
            snapshots[node] = [own.last ?? snapshot]
            pruned.insert(Self.service(of: node))
            return
        }
        // Keep what is at or after the newest place that every node has passed, and the last one before it.
        let (nodes, everywhere) = (fleet.stageNodes, floor(of: fleet))
        guard everywhere > .start else { return }
        let waiting = Set(
            nodes.filter { (snapshots[$0]?.first?.base ?? everywhere.next) > everywhere }.map(Self.service))
        for (name, kept) in snapshots {
            let service = Self.service(of: name)
            pruned.insert(service)
            if nodes.contains(name) {
                snapshots[name]?.removeFirst(kept.lastIndex { $0.base <= everywhere } ?? 0)
            } else if !waiting.contains(service) {
                // Of an earlier division, and no node needs it to go on from.
                snapshots[name] = nil
            }
        }
    }

    /// The newest place that every node has a snapshot at or behind; nobody can need what lies before.
    func floor(of fleet: Fleet) -> FeedPosition {
        fleet.stageNodes.map { snapshots[$0]?.last?.base ?? .start }.min() ?? .start
    }

    /// Keeps, as a node's own, a snapshot made of those of another division.
    mutating func adopt(_ snapshot: Snapshot<MixStage.State>, by node: String) {
        snapshots[node, default: []].append(snapshot)
    }

    /// Drops a node's snapshots behind a place that it goes back to: until it has been there again, what it needs of others
    /// lies before them.
    mutating func takeBack(of node: String, after base: FeedPosition) {
        snapshots[node]?.removeAll { $0.base > base }
    }

    private static func service(of node: String) -> String { String(node.prefix { $0 != "." }) }

    /// The newest snapshot of a node that can serve everything after `position`.
    func snapshot(of node: String, atOrBefore position: FeedPosition) -> Snapshot<MixStage.State>? {
        snapshots[node]?.last { $0.base <= position }
    }

    /// Those of a service as it was divided otherwise, behind a position: at each place of all its shards, in order.
    func divided(
        _ service: String, otherThan count: Int, after position: FeedPosition?
    ) -> [[Snapshot<MixStage.State>]] {
        let divisions = (1...3).filter { $0 != count }.map { count in
            let kept = (0..<count).map { snapshots[Shard($0, of: count).node(of: service)] ?? [] }
            let bases = kept.map { Set($0.map(\.base)) }
            let common = bases.dropFirst().reduce(bases[0]) { $0.intersection($1) }.sorted()
            return common.map { base in kept.compactMap { $0.first { $0.base == base } } }
        }
        let newest = divisions.max { ($0.last?.first?.base ?? .start) < ($1.last?.first?.base ?? .start) } ?? []
        return newest.filter { parts in position.map { $0 < parts[0].base } ?? true }
    }
}
