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

    /// The positions of a service's snapshots, ascending.
    public func positions(_ service: String) throws(StoreError) -> [FeedPosition] {
        let rows = try connection.run("SELECT position FROM snapshots WHERE service = \(service) ORDER BY position")
        var positions: [FeedPosition] = []
        for row in rows { positions.append(try row.value(0)) }
        return positions
    }

    /// Deletes the snapshots that no restart can need.
    ///
    /// Let G be the lowest of the services' last positions. A service that restarts, even together with all the others,
    /// is never asked for what lies before G. Kept is everything from G on, and each service's last snapshot at or
    /// before G. Nothing is deleted until every one of the services has a snapshot; the snapshots of services not named
    /// are left alone.
    ///
    /// - Returns: How many were deleted.
    @discardableResult
    public func prune(_ services: [String]) throws(StoreError) -> Int {
        try connection.run(
            """
            WITH latest AS (
                SELECT service, max(position) AS position FROM snapshots
                WHERE service = ANY(\(services)) GROUP BY service
            ), everyone AS (
                SELECT min(position) AS position FROM latest HAVING count(*) = \(Set(services).count)
            )
            DELETE FROM snapshots USING everyone
            WHERE snapshots.service = ANY(\(services)) AND snapshots.position < (
                SELECT max(position) FROM snapshots AS kept
                WHERE kept.service = snapshots.service AND kept.position <= everyone.position)
            """
        ).affected
    }
}
