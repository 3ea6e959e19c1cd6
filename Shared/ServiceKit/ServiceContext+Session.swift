internal import Logging
public import Store

extension ServiceContext {
    /// A database connection that is opened again when it breaks; every failed attempt is counted, noted and logged.
    ///
    /// It connects when it is first used, and gives up when `shouldStop` says so: by default when the process is to end.
    /// `name` is the one under which the server lists it, by default the service's; `onConnect` prepares each new
    /// connection. A database whose schema this build cannot work with ends the service.
    public func session(
        named name: String? = nil, shouldStop: (() -> Bool)? = nil,
        onConnect: @escaping (PostgresConnection) throws(StoreError) -> Void = { _ in }
    ) -> PostgresSession {
        PostgresSession(
            settings.databaseURL, applicationName: name ?? self.name, backoff: .init(first: 50, longest: 1000),
            sleep: { WallClock.sleep(milliseconds: $0) }, shouldStop: shouldStop ?? { [stop] in stop.isRaised },
            clock: { WallClock.monotonic },
            onSuccess: { success in
                metrics.set(.databaseUp, 1)
                // Operations named so wait for somebody else, not for the database.
                guard !success.operation.hasPrefix("wait ") else { return }
                metrics.observe(
                    .databaseSeconds, seconds: Double(success.nanoseconds) / 1e9,
                    labels: ["operation": success.operation.replacing(" ", with: "_")])
            },
            onFailure: { failure in
                metrics.set(.databaseUp, 0)
                metrics.add(.databaseFailures)
                health.note(error: "\(failure.error)")
                logger.warning(
                    "database did not answer, trying again",
                    metadata: [
                        "store.operation": "\(failure.operation)", "store.attempt": "\(failure.attempt)",
                        "store.error": "\(failure.error)",
                        "store.message": "\(failure.error.message.split(separator: "\n").first ?? "")",
                    ])
            },
            onConnect: { connection throws(StoreError) in
                try SchemaCompatibility(connection).check()
                try onConnect(connection)
            })
    }
}
