public import Schema

/// A service's state at a watermark, from which it goes on after a restart.
public struct Snapshot: Sendable, Equatable {
    public let service: String
    /// The watermark's.
    public let position: FeedPosition
    /// The number of the last batch that the service had emitted.
    public let batchNumber: UInt64
    public let state: [UInt8]

    public init(service: String, position: FeedPosition, batchNumber: UInt64, state: [UInt8]) {
        self.service = service
        self.position = position
        self.batchNumber = batchNumber
        self.state = state
    }
}

/// Keeps the services' snapshots.
public struct SnapshotStore {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Keeps a snapshot.
    ///
    /// One that is there for the same service and position is replaced: a newer build may write the same state in
    /// another form.
    public func save(_ snapshot: Snapshot) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO snapshots (service, position, batch_number, state)
            VALUES (\(snapshot.service), \(snapshot.position), \(Int64(bitPattern: snapshot.batchNumber)),
                    \(snapshot.state))
            ON CONFLICT (service, position) DO UPDATE
            SET batch_number = excluded.batch_number, state = excluded.state, stored_at = now()
            """)
    }

    /// A service's last snapshot at or before a position, or its last of all.
    public func latest(_ service: String, atOrBefore position: FeedPosition? = nil) throws(StoreError) -> Snapshot? {
        let last = position ?? FeedPosition(UInt64(Int64.max))
        let rows = try connection.run(
            """
            SELECT position, batch_number, state FROM snapshots
            WHERE service = \(service) AND position <= \(last) ORDER BY position DESC LIMIT 1
            """)
        guard let row = rows.first else { return nil }
        return Snapshot(
            service: service, position: try row.value("position"),
            batchNumber: UInt64(bitPattern: try row.value("batch_number", as: Int64.self)),
            state: try row.value("state"))
    }

    /// The snapshots behind a position of a service as it was last divided into another number of shards, ascending: at each
    /// place those of all its shards, in the shards' order.
    public func divided(
        _ service: String, otherThan shards: Int, after position: FeedPosition?
    ) throws(StoreError) -> [[Snapshot]] {
        let rows = try connection.run(
            """
            WITH parts AS (
                SELECT service, position, coalesce(substring(service FROM '[.]([0-9]+)of')::int, 1) AS shard,
                    coalesce(substring(service FROM 'of([0-9]+)$')::int, 1) AS shards
                FROM snapshots WHERE split_part(service, '.', 1) = \(service)
            ), whole AS (
                SELECT shards, position FROM parts WHERE shards <> \(shards) GROUP BY shards, position
                HAVING count(*) = shards
            ), newest AS (
                SELECT shards FROM whole ORDER BY position DESC, shards LIMIT 1
            )
            SELECT service, position, batch_number, state FROM snapshots
            JOIN parts USING (service, position) JOIN whole USING (shards, position) JOIN newest USING (shards)
            WHERE position > \(position.map { Int64($0.rawValue) } ?? -1) ORDER BY position, shard
            """)
        var places: [[Snapshot]] = []
        for row in rows {
            let snapshot = Snapshot(
                service: try row.value("service"), position: try row.value("position"),
                batchNumber: UInt64(bitPattern: try row.value("batch_number", as: Int64.self)),
                state: try row.value("state"))
            if places.last?.last?.position == snapshot.position {
                places[places.count - 1].append(snapshot)
            } else {
                places.append([snapshot])
            }
        }
        return places
    }

    /// The positions of a service's snapshots, ascending.
    public func positions(_ service: String) throws(StoreError) -> [FeedPosition] {
        let rows = try connection.run("SELECT position FROM snapshots WHERE service = \(service) ORDER BY position")
        var positions: [FeedPosition] = []
        for row in rows { positions.append(try row.value(0)) }
        return positions
    }

    /// Keeps a node's snapshot, and deletes its own that no restart can need.
    ///
    /// Let G be the lowest of the nodes' last positions. A node that restarts, even together with all the others, is never
    /// asked for what lies before G. Kept is everything from G on, and the last at or before G. Of the node's service as it
    /// was divided before, everything goes once each of its nodes now has one at or before G. Nothing is deleted until every
    /// node has a snapshot.
    ///
    /// `nodes`: Of all stages.
    ///
    /// - Returns: How many were deleted.
    @discardableResult
    public func save(_ snapshot: Snapshot, pruningAmong nodes: [String]) throws(StoreError) -> Int {
        try alone { () throws(StoreError) in
            try save(snapshot)
            return try prune(nodes)
        }
    }

    /// Where a node that is asked for what follows a position goes back to.
    public enum Return: Sendable, Equatable {
        /// Nowhere: every node's last snapshot is behind the position, so that nobody can need it.
        case stay
        /// To a snapshot, or to the beginning of the feed.
        case to(Snapshot?)
    }

    /// Takes back a node's snapshots behind the last at or before a position.
    ///
    /// Until the node has been there again, others must keep what it needs on the way.
    public func goBack(
        _ node: String, to position: FeedPosition, among nodes: [String]
    ) throws(StoreError) -> Return {
        try alone { () throws(StoreError) in
            if let everyone = try everyonePassed(nodes), position < everyone { return .stay }
            let found = try latest(node, atOrBefore: position)
            try connection.run(
                "DELETE FROM snapshots WHERE service = \(node) AND position > \(found?.position ?? .start)")
            return .to(found)
        }
    }

    /// The lowest of the nodes' last positions; `nil` while one has none.
    private func everyonePassed(_ nodes: [String]) throws(StoreError) -> FeedPosition? {
        let rows = try connection.run(
            """
            SELECT min(position) FROM (
                SELECT max(position) AS position FROM snapshots WHERE service = ANY(\(nodes)) GROUP BY service
            ) AS latest HAVING count(*) = \(Set(nodes).count)
            """)
        return try rows.first?.optional(0)
    }

    /// Runs `body` while no other process saves a snapshot, prunes or goes back.
    ///
    /// What a killed process had sent is then either there or lost for good: a node that reads its snapshots finds the last.
    public func alone<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
        try connection.transaction { () throws(StoreError) in
            try connection.run("SELECT pg_advisory_xact_lock(hashtextextended(\("snapshots"), 0))")
            return try body()
        }
    }

    /// See ``save(_:pruningAmong:)``; it deletes what the database's rules let it.
    @discardableResult
    public func prune(_ nodes: [String]) throws(StoreError) -> Int {
        guard let everyone = try everyonePassed(nodes) else { return 0 }
        let passed = try connection.run(
            """
            DELETE FROM snapshots WHERE service = ANY(\(nodes)) AND position < (
                SELECT max(position) FROM snapshots AS kept
                WHERE kept.service = snapshots.service AND kept.position <= \(everyone))
            """
        ).affected
        let services = Set(nodes.map(Self.undivided)).sorted()
        let former = try connection.run(
            """
            DELETE FROM snapshots WHERE service <> ALL(\(nodes)) AND split_part(service, '.', 1) = ANY(\(services))
                AND NOT EXISTS (
                    SELECT FROM unnest(\(nodes)) AS node
                    WHERE split_part(node, '.', 1) = split_part(snapshots.service, '.', 1) AND NOT EXISTS (
                        SELECT FROM snapshots AS own WHERE own.service = node AND own.position <= \(everyone)))
            """
        ).affected
        return passed + former
    }

    private static func undivided(_ node: String) -> String { String(node.prefix { $0 != "." }) }
}
