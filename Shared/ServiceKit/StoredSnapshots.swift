internal import Pipeline
internal import Schema
internal import Store

/// Finds the snapshot that a node goes on from, among them those that its service took when it was divided otherwise.
struct StoredSnapshots<S: Stage> {
    private let host: StageHost<S>
    private let shard: Shard
    private let node: String

    init(_ host: StageHost<S>, _ shard: Shard) {
        self.host = host
        self.shard = shard
        node = shard.node(of: host.context.name)
    }

    /// The newest, after the node has made its own of those that are newer and another division's.
    ///
    /// All of them and not only the last, since others may go back, too.
    func latest(_ session: PostgresSession) throws -> Pipeline.Snapshot<S.State>? {
        let row = try session.retrying("load snapshot") { connection throws(StoreError) in
            let store = SnapshotStore(connection)
            return try store.alone { () throws(StoreError) in
                var own = try store.latest(node)
                guard let division = host.division else { return own }
                for parts in try store.divided(host.context.name, otherThan: shard.count, after: own?.position) {
                    guard let joined = try join(parts, division) else { continue }
                    try store.save(joined)
                    own = joined
                }
                return own
            }
        }
        return try row.map(decode)
    }

    /// Where the node goes back to, behind which its snapshots are taken back.
    enum Return {
        case stay
        case to(Pipeline.Snapshot<S.State>?)
    }

    func goBack(_ session: PostgresSession, to position: FeedPosition) throws -> Return {
        let nodes = host.context.settings.fleet.stageNodes
        let place = try session.retrying("go back") { connection throws(StoreError) in
            try SnapshotStore(connection).goBack(node, to: position, among: nodes)
        }
        switch place {
        case .stay: return .stay
        case .to(let row): return .to(try row.map(decode))
        }
    }

    private func decode(_ row: Store.Snapshot) throws -> Pipeline.Snapshot<S.State> {
        try SnapshotCoding.decode(row.state, as: S.State.self)
    }

    private func join(
        _ parts: [Store.Snapshot], _ division: StageDivision<S>
    ) throws(StoreError) -> Store.Snapshot? {
        do {
            let parts = try parts.map { try SnapshotCoding.decode($0.state, as: S.State.self) }
            guard let joined = division.snapshot(of: shard, from: parts) else { return nil }
            return Store.Snapshot(
                service: node, position: joined.base, batchNumber: joined.sequencer.batches,
                state: try SnapshotCoding.encode(joined))
        } catch {
            throw .value(column: "snapshots.state", reason: "\(error)")
        }
    }
}
