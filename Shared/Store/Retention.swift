public import Schema

/// What may be deleted when disks fill: history that no restart and no consumer can ask for any more.
///
/// Nothing after ``floor(of:)`` is ever deleted, and never an order, a fill, a model or a snapshot.
public struct Retention {
    /// Rows that go together.
    public enum Subject: String, Sendable, CaseIterable {
        /// Time series about models and pipeline.
        case metrics
        /// The books at every watermark but the last, with their positions.
        case accounts
        case predictions
        /// Decisions that gave no order.
        case decisions
        case anomalies
        /// The last words of services that have been silent for so long.
        case statuses
        /// The stored feed: what training and replays are made from.
        case feed
        /// Candles by themselves, as the dashboard shows them.
        case candles

        /// In the order in which they are deleted.
        var tables: [String] {
            switch self {
            case .accounts: ["positions", "accounts"]
            case .statuses: ["service_status"]
            case .feed: ["feed_log"]
            default: [rawValue]
            }
        }
    }

    /// What of a table is due.
    public struct Due: Sendable, Equatable {
        public let table: String
        public let rows: Int64
        /// In the table now.
        public let total: Int64
        /// Their share of what the table takes on disk, indexes included.
        public let bytes: Int64
    }

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// The place up to which no service can ask or go back: the oldest snapshot that any of them keeps.
    ///
    /// `nil` while one of them has none, and would begin with the feed.
    public func floor(of stages: [String]) throws(StoreError) -> FeedPosition? {
        let rows = try connection.run(
            """
            SELECT min(position) AS floor FROM snapshots WHERE service = ANY(\(stages))
            HAVING count(DISTINCT service) = \(Set(stages).count)
            """)
        return try rows.first?.optional("floor")
    }

    /// Whether a job may be reading the stored feed.
    public func isFeedInUse() throws(StoreError) -> Bool {
        try connection.run("SELECT EXISTS (SELECT FROM jobs WHERE state IN ('queued', 'leased'))")[0].value(0)
    }

    /// What is older than `cutoff` and may go.
    ///
    /// * `silence`: For statuses, whose time is the wall clock's: seconds.
    public func due(
        _ subject: Subject, before cutoff: UnixNanos, floor: FeedPosition, silence: Double
    ) throws(StoreError) -> [Due] {
        var due: [Due] = []
        for table in subject.tables {
            let condition = try condition(subject, table, cutoff, floor, silence)
            let row = try connection.run(
                Query(
                    trusted: """
                        SELECT count(*) FILTER (WHERE \(condition)) AS due, count(*) AS total,
                            pg_total_relation_size(\(SQLText.literal(table))) AS bytes FROM \(SQLText.name(table))
                        """))[0]
            let (rows, total, bytes): (Int64, Int64, Int64) = (
                try row.value("due"), try row.value("total"), try row.value("bytes")
            )
            let share = total > 0 ? Double(rows) / Double(total) : 0
            due.append(Due(table: table, rows: rows, total: total, bytes: Int64(Double(bytes) * share)))
        }
        return due
    }

    /// Deletes some of what is due, in a transaction of its own, so that nobody waits for long.
    ///
    /// - Returns: How many rows; 0 when nothing is left to delete.
    public func deleteSome(
        _ subject: Subject, before cutoff: UnixNanos, floor: FeedPosition, silence: Double, limit: Int = 20_000
    ) throws(StoreError) -> Int {
        for table in subject.tables {
            let condition = try condition(subject, table, cutoff, floor, silence)
            // The feed goes from its beginning and by whole batches, so that what is left can be read at any moment.
            let chosen =
                table == "feed_log"
                ? """
                position <= (SELECT max(batch) FROM (SELECT batch FROM feed_log WHERE position = batch AND \(condition)
                    ORDER BY batch LIMIT \(max(1, limit / 8))) AS oldest)
                """
                : "ctid = ANY(ARRAY(SELECT ctid FROM \(SQLText.name(table)) WHERE \(condition) LIMIT \(limit)))"
            let rows = try connection.run(Query(trusted: "DELETE FROM \(SQLText.name(table)) WHERE \(chosen)"))
            if rows.affected > 0 { return rows.affected }
        }
        return 0
    }

    /// Which rows of a table are due; numbers and a moment of our own making, so there is nothing to quote.
    private func condition(
        _ subject: Subject, _ table: String, _ cutoff: UnixNanos, _ floor: FeedPosition, _ silence: Double
    ) throws(StoreError) -> String {
        let moment = "timestamptz \(SQLText.literal(cutoff.description))"
        let reachable = "position <= \(floor.rawValue)"
        let accounts = "time < \(moment) AND \(reachable) AND position < (SELECT max(position) FROM accounts)"
        switch table {
        case "accounts": return accounts
        case "positions": return "position <= (SELECT max(position) FROM accounts WHERE \(accounts))"
        case "predictions": return "as_of < \(moment) AND \(reachable)"
        case "candles": return "open_time < \(moment) AND \(reachable)"
        case "decisions":
            return "time < \(moment) AND \(reachable) "
                + "AND NOT EXISTS (SELECT FROM orders WHERE orders.decision_id = decisions.id)"
        case "service_status": return "updated_at < now() - \(silence) * interval '1 second'"
        case "feed_log":
            // One watermark is always left, which is where the feed goes on.
            let end = try connection.run(
                Query(
                    trusted: """
                        SELECT max(batch) FROM feed_log WHERE position = batch AND event_time < \(moment)
                            AND \(reachable) AND batch < (SELECT max(batch) FROM feed_log)
                        """))
            return "position <= \(try end[0].optional(0, as: Int64.self) ?? 0)"
        default: return "time < \(moment) AND \(reachable)"
        }
    }
}
