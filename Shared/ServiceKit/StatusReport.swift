internal import Foundation
public import Schema
public import Store

/// A service's row in the status table, written about once a second.
public enum StatusReport {
    /// How long an instance on another machine may be silent until its row is deleted, in nanoseconds.
    static let longestSilence: Int64 = 300_000_000_000

    /// Writes the row.
    ///
    /// * `instance`: Of a service of which several may run, as ``instanceName`` gives it.
    public static func save(
        _ context: ServiceContext, _ session: PostgresSession, instance: String = "", startedAt: UnixNanos,
        position: FeedPosition, lagMilliseconds: Double, endpoint: String, published: UInt64 = 0,
        inputs: [ServiceStatus.Input] = []
    ) throws(StoreError) {
        let error = context.health.lastError
        let status = ServiceStatus(
            name: context.name, instance: instance, processID: getpid(), startedAt: startedAt,
            updatedAt: WallClock.now, isReady: context.health.isReady, position: position,
            lagMilliseconds: lagMilliseconds, residentBytes: ProcessFigures.residentBytes,
            restarts: context.settings.restarts, endpoint: endpoint, error: error?.text,
            errorTime: error?.time, published: published, inputs: inputs)
        try session.retrying("save status") { connection throws(StoreError) in
            try StatusStore(connection).save(status)
        }
    }

    /// Writes down why the process ends, where the database answers at once.
    static func saveEnd(_ context: ServiceContext, _ reason: String) {
        // libpq's own limit for connecting, in seconds: who is about to end does not wait long.
        setenv("PGCONNECT_TIMEOUT", "2", 1)
        guard let connection = try? PostgresConnection(context.settings.databaseURL) else { return }
        try? StatusStore(connection).end(context.name, processID: getpid(), error: reason, at: WallClock.now)
    }

    /// Names this process among all of its service: the machine's name and the process number.
    public static var instanceName: String { "\(machine)/\(getpid())" }

    /// The machine's name.
    public static let machine = ProcessInfo.processInfo.hostName

    /// Deletes the rows of other instances of the service that are gone: on this machine those whose process has ended, on
    /// others those long silent.
    public static func forgetGone(_ context: ServiceContext, _ session: PostgresSession) throws(StoreError) {
        let (name, now) = (context.name, WallClock.now)
        try session.retrying("forget instances") { connection throws(StoreError) in
            let store = StatusStore(connection)
            for status in try store.all() where status.name == name {
                guard isGone(status, machine: machine, now: now, isAlive: { kill($0, 0) == 0 || errno == EPERM }) else {
                    continue
                }
                try store.forget(name, instance: status.instance, lastHeard: status.updatedAt)
            }
        }
    }

    static func isGone(
        _ status: ServiceStatus, machine: String, now: UnixNanos, isAlive: (Int32) -> Bool
    ) -> Bool {
        if status.instance == "\(machine)/\(status.processID)" { return !isAlive(status.processID) }
        return now.rawValue - status.updatedAt.rawValue > longestSilence
    }
}
