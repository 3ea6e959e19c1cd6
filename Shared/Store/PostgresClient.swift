internal import Dispatch

/// A ``PostgresSession`` for asynchronous callers.
///
/// Its closures wait for the server on a thread of the actor's own queue, so that no thread of the cooperative pool
/// stands still. They run one after the other.
public actor PostgresClient {
    private let queue: QueueExecutor
    private let session: PostgresSession

    public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// Connects when it is first used.
    ///
    /// The parameters are ``PostgresSession``'s; `sleep` stops the actor's own thread.
    public init(
        _ connectionString: String, applicationName: String = "tidegate",
        backoff: PostgresSession.Backoff = PostgresSession.Backoff(),
        sleep: @escaping @Sendable (_ milliseconds: Int) -> Void,
        shouldStop: @escaping @Sendable () -> Bool = { false },
        onFailure: @escaping @Sendable (PostgresSession.Failure) -> Void = { _ in },
        onConnect: @escaping @Sendable (PostgresConnection) throws(StoreError) -> Void = { _ in }
    ) {
        queue = QueueExecutor(label: "tidegate.store.\(applicationName)")
        session = PostgresSession(
            connectionString, applicationName: applicationName, backoff: backoff, sleep: sleep, shouldStop: shouldStop,
            onFailure: onFailure, onConnect: onConnect)
    }

    /// Runs idempotent work with the connection, repeated as ``PostgresSession/retrying(_:_:)`` does.
    public func withConnection<R: Sendable>(
        _ operation: String = #function, _ body: @Sendable (PostgresConnection) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try session.retrying(operation, body)
    }

    public func disconnect() { session.disconnect() }
}

/// Runs an actor's work on a dispatch queue, which Linux's `Dispatch` does not offer by itself.
private final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
