public import Schema

/// How far the feed is and where it comes from.
public struct FeedStatus: Sendable, Equatable {
    /// The feed's name; `main` for the ingestor's.
    public let feed: String
    /// `exchange`, `file` or `synthetic`.
    public let source: String
    /// The folder, venue or seed, for people.
    public let detail: String
    public let from: UnixNanos?
    public let to: UnixNanos?
    /// The time of the last watermark.
    public let reached: UnixNanos?
    /// Watermarks so far.
    public let batches: UInt64
    /// How many there will be, where that is known.
    public let expected: UInt64?
    public let isFinished: Bool

    public init(
        feed: String = "main", source: String, detail: String, from: UnixNanos?, to: UnixNanos?, reached: UnixNanos?,
        batches: UInt64, expected: UInt64?, isFinished: Bool
    ) {
        self.feed = feed
        self.source = source
        self.detail = detail
        self.from = from
        self.to = to
        self.reached = reached
        self.batches = batches
        self.expected = expected
        self.isFinished = isFinished
    }
}

/// The table `feed_status`.
public struct FeedStatusStore {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    public func save(_ status: FeedStatus) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO feed_status (feed, source, detail, from_time, to_time, reached, batches, expected, finished)
            VALUES (\(status.feed), \(status.source), \(status.detail), \(status.from), \(status.to), \(status.reached),
                    \(Int64(status.batches)), \(status.expected.map { Int64($0) }), \(status.isFinished))
            ON CONFLICT (feed) DO UPDATE SET source = excluded.source, detail = excluded.detail,
                from_time = excluded.from_time, to_time = excluded.to_time, reached = excluded.reached,
                batches = excluded.batches, expected = excluded.expected, finished = excluded.finished,
                updated_at = now()
            """)
    }

    public func status(_ feed: String = "main") throws(StoreError) -> FeedStatus? {
        let rows = try connection.run(
            """
            SELECT source, detail, from_time, to_time, reached, batches, expected, finished FROM feed_status
            WHERE feed = \(feed)
            """)
        guard let row = rows.first else { return nil }
        let batches: Int64 = try row.value("batches")
        let expected: Int64? = try row.optional("expected")
        return FeedStatus(
            feed: feed, source: try row.value("source"), detail: try row.value("detail"),
            from: try row.optional("from_time"), to: try row.optional("to_time"), reached: try row.optional("reached"),
            batches: UInt64(batches), expected: expected.map { UInt64($0) }, isFinished: try row.value("finished"))
    }
}
