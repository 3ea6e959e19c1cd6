internal import Pipeline
internal import Schema

/// What survives a crash: the feed log, rows, snapshots.
struct SimulatedStore {
    /// One stored message: keyed by service and by its place in the service's log.
    struct RowKey: Hashable {
        let service: Int
        let batch: FeedPosition
        let ordinal: UInt32
    }

    private(set) var feedLog: [LogBatch] = []
    private(set) var feedSequencer = Sequencer()
    private(set) var rows: [RowKey: LogEntry] = [:]
    private var snapshots: [[Snapshot<MixStage.State>]]
    /// Services of which snapshots were dropped; they can no longer go back to the beginning of the feed.
    private(set) var pruned: Set<Int> = []
    /// The first row that was stored twice with different content, if any.
    private(set) var conflict: String?
    private let fault: PlantedFault?

    init(services: Int, fault: PlantedFault?) {
        snapshots = Array(repeating: [], count: services)
        self.fault = fault
    }

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

    mutating func store(_ batch: LogBatch, of service: Int) {
        for entry in batch.entries {
            let key = RowKey(service: service, batch: batch.watermark.position, ordinal: entry.ordinal)
            if let stored = rows[key] {
                if stored != entry { conflict = conflict ?? "service \(service) batch \(key.batch) row \(key.ordinal)" }
            } else {
                rows[key] = entry
            }
        }
    }

    mutating func save(_ snapshot: Snapshot<MixStage.State>, of service: Int) {
        snapshots[service].removeAll { $0.base == snapshot.base }
        snapshots[service].append(snapshot)
        snapshots[service].sort { $0.base < $1.base }
        if fault == .pruneByOwnProgress {
            snapshots[service] = [snapshots[service].last ?? snapshot]
            pruned.insert(service)
            return
        }
        // Keep what is at or after the newest place that every service has passed, and the last one before it.
        let newest = snapshots.map { $0.last?.base ?? .start }
        guard let everywhere = newest.min(), everywhere > .start else { return }
        for index in snapshots.indices {
            let keep = snapshots[index].lastIndex { $0.base <= everywhere } ?? 0
            snapshots[index].removeFirst(keep)
            pruned.insert(index)
        }
    }

    func latest(of service: Int) -> Snapshot<MixStage.State>? { snapshots[service].last }

    /// The newest snapshot that can serve everything after `position`.
    func snapshot(of service: Int, atOrBefore position: FeedPosition) -> Snapshot<MixStage.State>? {
        snapshots[service].last { $0.base <= position }
    }
}
