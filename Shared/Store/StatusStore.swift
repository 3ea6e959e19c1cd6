public import Schema

/// What a running service last said about itself.
public struct ServiceStatus: Sendable, Equatable {
    public let name: String
    /// Tells those of the same name apart; empty for a service of which there is one.
    public let instance: String
    public let processID: Int32
    public let startedAt: UnixNanos
    public let updatedAt: UnixNanos
    public let isReady: Bool
    /// Everything up to here is done.
    public let position: FeedPosition
    /// How far behind the feed's event time.
    public let lagMilliseconds: Double
    /// Resident memory.
    public let residentBytes: Int64
    public let restarts: Int
    /// Where its own address for health and metrics is.
    public let endpoint: String
    /// What keeps it from being ready, for a person.
    public let error: String?

    public init(
        name: String, instance: String = "", processID: Int32, startedAt: UnixNanos, updatedAt: UnixNanos,
        isReady: Bool,
        position: FeedPosition, lagMilliseconds: Double, residentBytes: Int64, restarts: Int, endpoint: String,
        error: String? = nil
    ) {
        self.name = name
        self.instance = instance
        self.processID = processID
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.isReady = isReady
        self.position = position
        self.lagMilliseconds = lagMilliseconds
        self.residentBytes = residentBytes
        self.restarts = restarts
        self.endpoint = endpoint
        self.error = error
    }
}

/// Keeps the last status of each service, and of each instance of those of which there may be several.
public struct StatusStore {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    public func save(_ status: ServiceStatus) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO service_status
                (name, instance, pid, started_at, updated_at, ready, position, lag_ms, rss_bytes, restarts, endpoint,
                error)
            VALUES (\(status.name), \(status.instance), \(status.processID), \(status.startedAt), \(status.updatedAt),
                \(status.isReady), \(status.position), \(status.lagMilliseconds), \(status.residentBytes),
                \(status.restarts), \(status.endpoint), \(status.error))
            ON CONFLICT (name, instance) DO UPDATE SET (pid, started_at, updated_at, ready, position, lag_ms, rss_bytes,
                restarts, endpoint, error) = (excluded.pid, excluded.started_at, excluded.updated_at, excluded.ready,
                excluded.position, excluded.lag_ms, excluded.rss_bytes, excluded.restarts, excluded.endpoint,
                excluded.error)
            """)
    }

    /// Forgets an instance that is gone, and changes nothing where it has said something since `lastHeard`.
    public func forget(_ name: String, instance: String, lastHeard: UnixNanos) throws(StoreError) {
        try connection.run(
            """
            DELETE FROM service_status
            WHERE name = \(name) AND instance = \(instance) AND updated_at <= \(lastHeard)
            """)
    }

    /// All services that have said anything, by name and instance.
    public func all() throws(StoreError) -> [ServiceStatus] {
        var statuses: [ServiceStatus] = []
        for row in try connection.run("SELECT * FROM service_status ORDER BY name, instance") {
            statuses.append(
                ServiceStatus(
                    name: try row.value("name"), instance: try row.value("instance"),
                    processID: try row.value("pid"), startedAt: try row.value("started_at"),
                    updatedAt: try row.value("updated_at"),
                    isReady: try row.value("ready"), position: try row.value("position"),
                    lagMilliseconds: try row.value("lag_ms"), residentBytes: try row.value("rss_bytes"),
                    restarts: try row.value("restarts"), endpoint: try row.value("endpoint"),
                    error: try row.optional("error")))
        }
        return statuses
    }
}
