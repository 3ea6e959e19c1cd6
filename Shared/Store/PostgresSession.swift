/// A connection that is opened again when it breaks, for work that may be done twice.
///
/// It belongs to one thread. Everything that the repositories write is keyed by what it is, so an answer that got lost
/// with the connection does no harm: the same work is done again, and changes nothing where it had been done.
public final class PostgresSession {
    /// How long to wait between attempts: `first` milliseconds, then twice as long each time, at most `longest`.
    public struct Backoff: Sendable, Equatable {
        public let first: Int
        public let longest: Int

        public init(first: Int = 50, longest: Int = 5000) {
            precondition(first > 0 && longest >= first, "first is above zero and not above longest")
            (self.first, self.longest) = (first, longest)
        }
    }

    /// One attempt that failed, for a log line and a counter.
    public struct Failure: Sendable, Equatable {
        /// What was being done, as given to ``PostgresSession/retrying(_:_:)``.
        public let operation: String
        public let error: StoreError
        /// Counts from 1 within the operation.
        public let attempt: Int
        /// Before the next attempt.
        public let milliseconds: Int
    }

    /// An attempt that succeeded, for a histogram.
    public struct Success: Sendable, Equatable {
        public let operation: String
        /// What the attempt took, by the session's clock.
        public let nanoseconds: Int64
    }

    private let connectionString: String
    private let applicationName: String
    private let backoff: Backoff
    private let sleep: (_ milliseconds: Int) -> Void
    private let shouldStop: () -> Bool
    private let clock: () -> Int64
    private let onSuccess: (Success) -> Void
    private let onFailure: (Failure) -> Void
    private let onConnect: (PostgresConnection) throws(StoreError) -> Void
    private var connection: PostgresConnection?

    /// Connects when it is first used.
    ///
    /// - Parameters:
    ///   - connectionString: As for ``PostgresConnection``.
    ///   - applicationName: The name under which the server lists the connection.
    ///   - backoff: How long to wait between attempts.
    ///   - sleep: Waits so many milliseconds; it may return early when the process is to stop.
    ///   - shouldStop: Asked after each failure; `true` ends the work with ``StoreError/stopped``.
    ///   - clock: Nanoseconds of a clock that never goes back, for ``Success/nanoseconds``.
    ///   - onSuccess: Told of each attempt that succeeded.
    ///   - onFailure: Told of each attempt that failed and will be repeated.
    ///   - onConnect: Prepares each new connection, for example by listening to a channel.
    public init(
        _ connectionString: String, applicationName: String = "tidegate", backoff: Backoff = Backoff(),
        sleep: @escaping (_ milliseconds: Int) -> Void, shouldStop: @escaping () -> Bool = { false },
        clock: @escaping () -> Int64 = { 0 }, onSuccess: @escaping (Success) -> Void = { _ in },
        onFailure: @escaping (Failure) -> Void = { _ in },
        onConnect: @escaping (PostgresConnection) throws(StoreError) -> Void = { _ in }
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.backoff = backoff
        self.sleep = sleep
        self.shouldStop = shouldStop
        self.clock = clock
        self.onSuccess = onSuccess
        self.onFailure = onFailure
        self.onConnect = onConnect
    }

    /// Runs idempotent work, again and again as long as it fails for a passing reason.
    ///
    /// - Throws: What `body` throws for any other reason, and ``StoreError/stopped``.
    public func retrying<R>(
        _ operation: String, _ body: (PostgresConnection) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        var milliseconds = backoff.first
        var attempt = 1
        while true {
            do throws(StoreError) {
                let started = clock()
                let result = try body(try connected())
                onSuccess(Success(operation: operation, nanoseconds: clock() - started))
                return result
            } catch {
                if error.isConnectionLost { connection = nil }
                guard error.isTransient else { throw error }
                guard !shouldStop() else { throw .stopped }
                onFailure(Failure(operation: operation, error: error, attempt: attempt, milliseconds: milliseconds))
                sleep(milliseconds)
                guard !shouldStop() else { throw .stopped }
                milliseconds = min(milliseconds * 2, backoff.longest)
                attempt += 1
            }
        }
    }

    /// Closes the connection; the next use opens a new one.
    public func disconnect() { connection = nil }

    private func connected() throws(StoreError) -> PostgresConnection {
        if let connection, connection.isUsable { return connection }
        let opened = try PostgresConnection(connectionString, applicationName: applicationName)
        try onConnect(opened)
        connection = opened
        return opened
    }
}
