public import Schema

/// How far the pipeline is, by what it has stored.
public struct PipelineProgress {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Batches that have gone through the whole pipeline.
    ///
    /// Executor and recorder each write a row for every batch, and whatever the other services write of a batch lies
    /// before the executor's.
    public func batchesRecorded() throws(StoreError) -> Int {
        let rows = try connection.run(
            """
            SELECT least((SELECT count(*) FROM accounts),
                         (SELECT count(*) FROM metrics WHERE name = 'equity' AND label = 'all'))
            """)
        return Int(try rows[0].value(0, as: Int64.self))
    }

    /// The time of the last batch that executor and recorder have both stored.
    public func recordedTime() throws(StoreError) -> UnixNanos? {
        let rows = try connection.run(
            """
            SELECT least((SELECT time FROM accounts ORDER BY position DESC LIMIT 1),
                         (SELECT time FROM metrics WHERE name = 'equity' AND label = 'all' ORDER BY time DESC LIMIT 1))
            """)
        return try rows[0].optional(0)
    }

    /// Equity at the first batch and at the last; `nil` before there is one.
    public func equity() throws(StoreError) -> (first: Decimal12, last: Decimal12, time: UnixNanos)? {
        let rows = try connection.run(
            """
            SELECT (SELECT equity FROM accounts ORDER BY position LIMIT 1), equity, time FROM accounts
            ORDER BY position DESC LIMIT 1
            """)
        guard let row = rows.first else { return nil }
        return (try row.value(0), try row.value(1), try row.value(2))
    }
}
