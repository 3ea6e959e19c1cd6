public import Schema

/// Why the store did not do what it was asked.
///
/// ``description`` leaves the server's text out, since it may quote a row; ``debugDescription`` has it.
public enum StoreError: Error, Equatable, Sendable {
    /// PostgreSQL refused a statement.
    case refused(sqlState: String, message: String)
    /// There is no connection, or it broke; whether the statement took effect is unknown.
    case connectionLost(message: String)
    /// A row is there already, with other content. Every row is derived from its cause, so two runs disagree.
    case conflict(table: String, key: String)
    /// Another process writes this feed.
    case fenced
    /// A batch does not follow the last one stored.
    case gap(after: FeedPosition, expected: FeedPosition)
    /// The lease has run out, and the job belongs to someone else.
    case leaseLost(job: Int64)
    /// A row that must be there is not.
    case absent(table: String, key: String)
    /// A column does not hold what the code reads from it.
    case value(column: String, reason: String)
    /// A stored row breaks a rule of the schema.
    case content(table: String, SchemaError)
    /// The database does not fit this build.
    case migration(Migration.Problem)
    /// The private PostgreSQL server could not be made, started or stopped.
    case cluster(reason: String)
    /// The caller asked to stop while the database was away.
    case stopped
}

extension StoreError {
    /// The five-character SQLSTATE, for example `23505` for a unique violation; empty when there is none.
    public var sqlState: String {
        if case .refused(let state, _) = self { state } else { "" }
    }

    /// What the server said; it may quote data, so it belongs into a debug log only.
    public var message: String {
        switch self {
        case .refused(_, let message), .connectionLost(let message): message
        default: description
        }
    }

    public var isConnectionLost: Bool {
        if case .connectionLost = self { true } else { false }
    }

    /// Whether the same work may succeed when it is simply done again.
    public var isTransient: Bool {
        switch self {
        case .connectionLost: true
        // Serialization failure, deadlock, too many connections, server starting up or going down.
        case .refused(let state, _): ["40001", "40P01", "53300", "57P01", "57P02", "57P03"].contains(state)
        default: false
        }
    }
}

extension StoreError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        switch self {
        case .refused(let state, _): "PostgreSQL refused a statement: \(state)"
        case .connectionLost: "no connection to PostgreSQL"
        case .conflict(let table, _): "\(table) holds another row under the same key"
        case .fenced: "another process writes this feed"
        case .gap(let after, let expected): "batch after \(after) does not follow the last one stored, \(expected)"
        case .leaseLost(let job): "lease of job \(job) is lost"
        case .absent(let table, let key): "\(table) has no row \(key)"
        case .value(let column, let reason): "column \(column): \(reason)"
        case .content(let table, let error): "\(table): \(error)"
        case .migration(let problem): "\(problem)"
        case .cluster(let reason): "private PostgreSQL: \(reason)"
        case .stopped: "stopped while waiting for PostgreSQL"
        }
    }

    public var debugDescription: String {
        switch self {
        case .refused(let state, let message): "StoreError \(state): \(message)"
        case .connectionLost(let message): "StoreError, connection lost: \(message)"
        case .conflict(let table, let key): "StoreError, conflict in \(table): \(key)"
        default: "StoreError: \(description)"
        }
    }
}
