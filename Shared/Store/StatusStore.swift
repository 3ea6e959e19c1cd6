internal import Foundation
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
    /// The last thing that went wrong, for a person; it stays when the service is started again.
    public let error: String?
    public let errorTime: UnixNanos?
    /// Messages published since the process started.
    public let published: UInt64
    /// What came from those whom it follows.
    public let inputs: [Input]

    /// One input, since the process started.
    public struct Input: Codable, Sendable, Equatable {
        public let source: String
        /// Messages taken as they were published.
        public let received: UInt64
        /// Messages that did not come so.
        public let missing: UInt64
        /// Messages that came by recovery.
        public let recovered: UInt64
        /// Batches that wait to be processed.
        public let waiting: Int
        /// Feed positions that are known to exist and have not arrived.
        public let behind: UInt64

        public init(
            source: String, received: UInt64, missing: UInt64, recovered: UInt64, waiting: Int, behind: UInt64
        ) {
            self.source = source
            self.received = received
            self.missing = missing
            self.recovered = recovered
            self.waiting = waiting
            self.behind = behind
        }
    }

    public init(
        name: String, instance: String = "", processID: Int32, startedAt: UnixNanos, updatedAt: UnixNanos,
        isReady: Bool,
        position: FeedPosition, lagMilliseconds: Double, residentBytes: Int64, restarts: Int, endpoint: String,
        error: String? = nil, errorTime: UnixNanos? = nil, published: UInt64 = 0, inputs: [Input] = []
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
        self.errorTime = errorTime
        self.published = published
        self.inputs = inputs
    }
}

/// Keeps the last status of each service, and of each instance of those of which there may be several.
public struct StatusStore {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Writes the row; an error said earlier stays until there is another.
    public func save(_ status: ServiceStatus) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO service_status AS known
                (name, instance, pid, started_at, updated_at, ready, position, lag_ms, rss_bytes, restarts, endpoint,
                error, error_at, published, inputs)
            VALUES (\(status.name), \(status.instance), \(status.processID), \(status.startedAt), \(status.updatedAt),
                \(status.isReady), \(status.position), \(status.lagMilliseconds), \(status.residentBytes),
                \(status.restarts), \(status.endpoint), \(status.error), \(status.errorTime),
                \(Int64(clamping: status.published)), \(try Self.json(status.inputs)))
            ON CONFLICT (name, instance) DO UPDATE SET (pid, started_at, updated_at, ready, position, lag_ms, rss_bytes,
                restarts, endpoint, error, error_at, published, inputs) = (excluded.pid, excluded.started_at,
                excluded.updated_at, excluded.ready, excluded.position, excluded.lag_ms, excluded.rss_bytes,
                excluded.restarts, excluded.endpoint, coalesce(excluded.error, known.error),
                CASE WHEN excluded.error IS NULL THEN known.error_at ELSE excluded.error_at END, excluded.published,
                excluded.inputs)
            """)
    }

    /// Writes down why a process ends; nothing where it has no row.
    public func end(_ name: String, processID: Int32, error: String, at time: UnixNanos) throws(StoreError) {
        try connection.run(
            """
            UPDATE service_status SET ready = false, error = \(error), error_at = \(time)
            WHERE name = \(name) AND pid = \(processID)
            """)
    }

    private static func json(_ inputs: [ServiceStatus.Input]) throws(StoreError) -> JSONText {
        do {
            return JSONText(String(decoding: try JSONEncoder().encode(inputs), as: UTF8.self))
        } catch {
            throw .value(column: "inputs", reason: "\(error)")
        }
    }

    private static func inputs(_ text: JSONText) throws(StoreError) -> [ServiceStatus.Input] {
        do {
            return try JSONDecoder().decode([ServiceStatus.Input].self, from: Data(text.rawValue.utf8))
        } catch {
            throw .value(column: "inputs", reason: "no list of inputs")
        }
    }

    /// Forgets an instance that is gone, and changes nothing where it has said something since `lastHeard`.
    public func forget(_ name: String, instance: String, lastHeard: UnixNanos) throws(StoreError) {
        try connection.run(
            """
            DELETE FROM service_status
            WHERE name = \(name) AND instance = \(instance) AND updated_at <= \(lastHeard)
            """)
    }

    /// Forgets what shards of a service said as it was divided before; `shards`: their instances now.
    public func forget(_ name: String, otherThan shards: [String]) throws(StoreError) {
        try connection.run(
            """
            DELETE FROM service_status
            WHERE name = \(name) AND instance <> ALL(\(shards)) AND instance NOT LIKE 'standby %'
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
                    error: try row.optional("error"), errorTime: try row.optional("error_at"),
                    published: UInt64(clamping: try row.value("published", as: Int64.self)),
                    inputs: try Self.inputs(row.value("inputs"))))
        }
        return statuses
    }
}
