internal import Foundation
public import Schema
public import Store

/// A service's row in the status table, written about once a second.
public enum StatusReport {
    public static func save(
        _ context: ServiceContext, _ session: PostgresSession, startedAt: UnixNanos, position: FeedPosition,
        lagMilliseconds: Double, endpoint: String
    ) throws(StoreError) {
        let status = ServiceStatus(
            name: context.name, processID: getpid(), startedAt: startedAt, updatedAt: WallClock.now,
            isReady: context.health.isReady, position: position, lagMilliseconds: lagMilliseconds,
            residentBytes: ProcessFigures.residentBytes, restarts: context.settings.restarts, endpoint: endpoint,
            error: context.health.lastError)
        try session.retrying("save status") { connection throws(StoreError) in
            try StatusStore(connection).save(status)
        }
    }
}
