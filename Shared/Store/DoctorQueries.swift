public import Schema

/// What `tidegate doctor` asks the database, beside what the repositories tell.
public struct DoctorQueries {
    /// The server, and how it is set.
    public struct Server: Sendable, Equatable {
        /// As 150018 for 15.18.
        public var version: Int
        /// By name; those of ``DoctorQueries/settings``.
        public var settings: [String: String]
        /// Connections in use, all databases together, and how many there may be.
        public var connections: Int
        public var mostConnections: Int
        /// Nothing can be written: a standby, or set so.
        public var isReadOnly: Bool
        /// The longest time, in seconds, for which a connection has held a transaction open without doing anything.
        public var idleTransaction: Double?
        /// Other connections to this database, by the names of their programs.
        public var programs: [String]

        public init(
            version: Int, settings: [String: String], connections: Int, mostConnections: Int, isReadOnly: Bool = false,
            idleTransaction: Double? = nil, programs: [String] = []
        ) {
            self.version = version
            self.settings = settings
            self.connections = connections
            self.mostConnections = mostConnections
            self.isReadOnly = isReadOnly
            self.idleTransaction = idleTransaction
            self.programs = programs
        }
    }

    /// A job that was given up, or that nobody takes.
    public struct Job: Sendable, Equatable {
        public var id: Int64
        public var error: String?
        /// Since it last changed.
        public var seconds: Double

        public init(id: Int64, error: String? = nil, seconds: Double) {
            (self.id, self.error, self.seconds) = (id, error, seconds)
        }
    }

    /// Settings on which durability and care depend.
    public static let settings = ["fsync", "full_page_writes", "synchronous_commit", "autovacuum"]

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// The server's time of day.
    public func clock() throws(StoreError) -> UnixNanos {
        try connection.run("SELECT clock_timestamp()")[0].value(0)
    }

    public func server() throws(StoreError) -> Server {
        var settings: [String: String] = [:]
        for row in try connection.run("SELECT name, setting FROM pg_settings WHERE name = ANY(\(Self.settings))") {
            settings[try row.value("name")] = try row.value("setting")
        }
        let row = try connection.run(
            """
            SELECT current_setting('server_version_num')::bigint AS version,
                current_setting('max_connections')::bigint AS most,
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
                pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS read_only,
                (SELECT extract(epoch FROM max(clock_timestamp() - state_change))::float8 FROM pg_stat_activity
                    WHERE state LIKE 'idle in transaction%') AS idle,
                (SELECT coalesce(array_agg(DISTINCT application_name), '{}') FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                        AND backend_type = 'client backend') AS programs
            """)[0]
        return Server(
            version: try row.value("version"), settings: settings, connections: try row.value("used"),
            mostConnections: try row.value("most"), isReadOnly: try row.value("read_only"),
            idleTransaction: try row.optional("idle"), programs: try row.value("programs"))
    }

    /// Seconds since the ingestor last told how far the feed is; `nil` before it has.
    public func feedSilence() throws(StoreError) -> Double? {
        let rows = try connection.run(
            "SELECT extract(epoch FROM clock_timestamp() - updated_at)::float8 FROM feed_status WHERE feed = 'main'")
        return try rows.first?.value(0)
    }

    /// The shortest time, in seconds, between the last watermarks; `nil` while there are not two.
    public func feedStep() throws(StoreError) -> Double? {
        let rows = try connection.run(
            """
            SELECT extract(epoch FROM min(step))::float8 FROM (
                SELECT event_time - lead(event_time) OVER (ORDER BY batch DESC) AS step FROM feed_log
                WHERE position = batch ORDER BY batch DESC LIMIT 4) AS steps
            """)
        return try rows[0].optional(0)
    }

    /// Where the stored feed ends, and where the ingestor's last snapshot says that it does, both of one moment.
    public func feedEnds(ingestor: String) throws(StoreError) -> (log: FeedPosition?, snapshot: FeedPosition?) {
        let row = try connection.run(
            """
            SELECT (SELECT batch FROM feed_log WHERE position = batch ORDER BY batch DESC LIMIT 1),
                (SELECT max(position) FROM snapshots WHERE service = \(ingestor))
            """)[0]
        return (try row.optional(0), try row.optional(1))
    }

    /// The jobs that failed within the last so many days.
    public func failedJobs(days: Int) throws(StoreError) -> [Job] {
        try jobs(
            connection.run(
                """
                SELECT id, error, extract(epoch FROM clock_timestamp() - updated_at)::float8 AS seconds FROM jobs
                WHERE state = 'failed' AND updated_at > now() - \(days) * interval '1 day' ORDER BY id
                """))
    }

    /// The jobs that wait for a trainer, or whose trainer's lease has run out; not those that wait for their children.
    public func waitingJobs() throws(StoreError) -> [Job] {
        try jobs(
            connection.run(
                """
                SELECT id, error, extract(epoch FROM clock_timestamp() - updated_at)::float8 AS seconds FROM jobs
                WHERE (state = 'queued' OR state = 'leased' AND lease_until < clock_timestamp())
                AND NOT EXISTS (
                    SELECT FROM jobs AS child WHERE child.parent = jobs.id AND child.state IN ('queued', 'leased'))
                ORDER BY id
                """))
    }

    private func jobs(_ rows: Rows) throws(StoreError) -> [Job] {
        var jobs: [Job] = []
        for row in rows {
            jobs.append(
                Job(id: try row.value("id"), error: try row.optional("error"), seconds: try row.value("seconds")))
        }
        return jobs
    }
}
