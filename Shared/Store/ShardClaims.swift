public import Schema

/// Which process is which shard of a service: a lease on each, timed by the server's clock alone.
///
/// A claim keeps two processes from doing the same work for long. It need not be exact: both would compute, and store, the
/// same.
public struct ShardClaims {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Takes a shard of the service that the holder has already, or that nobody holds; `nil` when there is none.
    public func claim(
        _ service: String, shards: Int, holder: String, seconds: Double
    ) throws(StoreError) -> Shard? {
        let rows = try connection.run(
            """
            INSERT INTO shard_claims AS held (service, shards, shard, holder, expires_at)
            SELECT \(service), \(shards), free.shard, \(holder), clock_timestamp() + make_interval(secs => \(seconds))
            FROM generate_series(0, \(shards) - 1) AS free(shard)
            LEFT JOIN shard_claims AS known
                ON known.service = \(service) AND known.shards = \(shards) AND known.shard = free.shard
            WHERE known.holder IS NULL OR known.holder = \(holder) OR known.expires_at < clock_timestamp()
            ORDER BY known.holder IS DISTINCT FROM \(holder), free.shard LIMIT 1
            ON CONFLICT (service, shards, shard) DO UPDATE
            SET holder = excluded.holder, expires_at = excluded.expires_at
            WHERE held.holder = excluded.holder OR held.expires_at < clock_timestamp()
            RETURNING shard
            """)
        guard let row = rows.first else { return nil }
        return Shard(try row.value(0), of: shards)
    }

    /// Holds a shard for longer.
    ///
    /// - Returns: `false` when somebody else has it by now.
    public func renew(
        _ service: String, _ shard: Shard, holder: String, seconds: Double
    ) throws(StoreError) -> Bool {
        try connection.run(
            """
            INSERT INTO shard_claims AS held (service, shards, shard, holder, expires_at)
            VALUES (\(service), \(shard.count), \(shard.index), \(holder), clock_timestamp() + make_interval(secs => \(seconds)))
            ON CONFLICT (service, shards, shard) DO UPDATE
            SET holder = excluded.holder, expires_at = excluded.expires_at
            WHERE held.holder = excluded.holder OR held.expires_at < clock_timestamp()
            """
        ).affected == 1
    }

    /// Gives a shard back.
    public func release(_ service: String, _ shard: Shard, holder: String) throws(StoreError) {
        try connection.run(
            """
            DELETE FROM shard_claims
            WHERE service = \(service) AND shards = \(shard.count) AND shard = \(shard.index) AND holder = \(holder)
            """)
    }
}
