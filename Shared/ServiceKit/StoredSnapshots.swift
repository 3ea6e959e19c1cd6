internal import Pipeline
internal import Schema
internal import Store

/// Finds the snapshot that a node goes on from: its own, or one made of those that its service took when it was divided
/// otherwise, which becomes its own.
struct StoredSnapshots<S: Stage> {
    private let host: StageHost<S>
    private let shard: Shard
    private let node: String

    init(_ host: StageHost<S>, _ shard: Shard) {
        self.host = host
        self.shard = shard
        node = shard.node(of: host.context.name)
    }

    /// Where to go on from.
    struct Place {
        /// `nil`: from the beginning of the feed.
        fileprivate let row: Store.Snapshot?

        func snapshot() throws -> Pipeline.Snapshot<S.State>? {
            try row.map { try SnapshotCoding.decode($0.state, as: S.State.self) }
        }
    }

    /// The newest.
    func latest(_ session: PostgresSession) throws -> Pipeline.Snapshot<S.State>? {
        try session.retrying("load snapshot") { connection throws(StoreError) in
            let store = SnapshotStore(connection)
            return try store.alone { () throws(StoreError) in Place(row: try find(store, atOrBefore: nil)) }
        }.snapshot()
    }

    /// The newest at or before a position, behind which the node's own are taken back; `nil` where it need not go back.
    func goBack(_ session: PostgresSession, to position: FeedPosition) throws(StoreError) -> Place? {
        let nodes = host.context.settings.fleet.stageNodes
        return try session.retrying("go back") { connection throws(StoreError) in
            let store = SnapshotStore(connection)
            return try store.goBack(node, to: position, among: nodes) { () throws(StoreError) in
                let row = try find(store, atOrBefore: position)
                return (row?.position ?? .start, Place(row: row))
            }
        }
    }

    private func find(_ store: SnapshotStore, atOrBefore position: FeedPosition?) throws(StoreError) -> Store.Snapshot?
    {
        let own = try store.latest(node, atOrBefore: position)
        guard let division = host.division else { return own }
        let others = try store.divided(host.context.name, otherThan: shard.count, atOrBefore: position)
        guard let other = others.first, own.map({ $0.position < other.position }) ?? true else { return own }
        guard let joined = try join(others, division) else { return own }
        try store.adopt(joined)
        return joined
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
