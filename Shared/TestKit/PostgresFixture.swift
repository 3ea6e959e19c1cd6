internal import Foundation
internal import Store
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Databases for tests, on a real PostgreSQL.
///
/// The first test that asks starts a private server, which lives as long as the process; every test gets a database of
/// its own, migrated and empty. Where `TEST_DATABASE_URL` names a server, the databases are made there. Nothing of either
/// is left when the process ends, however it ends.
public enum PostgresFixture {
    /// The connection string of a fresh database.
    public static func database() async throws -> String {
        let server = try server.withLock { try $0.started() }
        return try server.freshDatabase()
    }

    /// Calls `body` with the connection string of a fresh database, and drops the database afterwards.
    public static func withDatabase<R>(_ body: (String) async throws -> R) async throws -> R {
        let server = try server.withLock { try $0.started() }
        let string = try server.freshDatabase()
        defer { server.drop(string) }
        return try await body(string)
    }

    private static let server = Mutex(Server())

    private struct Server {
        private var running: TestServer?

        mutating func started() throws -> TestServer {
            if let running { return running }
            let given = ProcessInfo.processInfo.environment["TEST_DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
            let server = try TestServer(external: given)
            running = server
            atexit { PostgresFixture.stop() }
            return server
        }

        func stop() { running?.stop() }
    }

    private static func stop() { server.withLock { $0.stop() } }
}
