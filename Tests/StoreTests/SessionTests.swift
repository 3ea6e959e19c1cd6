import Dispatch
import Foundation
import Schema
import Store
import TestKit
import Testing

@Suite("Session", .timeLimit(.minutes(20)))
struct SessionTests {
    @Test("A server that stops in the middle and comes back loses nothing and doubles nothing")
    func serverStops() async throws {
        try withOwnCluster { cluster in
            try cluster.createDatabase("work")
            try Migrator(PostgresConnection(cluster.connectionString(database: "work"))).migrate()
            var failures: [PostgresSession.Failure] = []
            let session = PostgresSession(
                cluster.connectionString(database: "work"),
                sleep: { _ in
                    // The server comes back after the second attempt.
                    guard failures.count == 2 else { return }
                    do { _ = try PrivateCluster.start(folder: cluster.folder) } catch { Issue.record(error) }
                },
                onFailure: { failures.append($0) })
            var stops = 0
            for index in 0..<20 {
                try session.retrying("save") { (connection) throws(StoreError) in
                    try connection.transaction { () throws(StoreError) in
                        guard let fill = try? Sample.fill(index) else { return }
                        try EventStore(connection).save(Sample.entries([.fill(fill)], from: UInt64(index + 1)))
                        if index == 10, stops == 0 {
                            stops = 1
                            try cluster.stop()
                        }
                    }
                }
            }
            #expect(failures.map(\.attempt) == [1, 2])
            #expect(failures.allSatisfy { $0.error.isConnectionLost && $0.operation == "save" })
            #expect(failures.map(\.milliseconds) == [50, 100])
            let stored = try session.retrying("read") { (connection) throws(StoreError) in
                try EventStore(connection).events(.fill)
            }
            #expect(stored.map(\.position.rawValue) == Array(1...20))
        }
    }

    @Test("Work whose answer got lost after it took effect is done again, and changes nothing")
    func lostAnswer() async throws {
        try await PostgresFixture.withDatabase { string in
            var (attempts, connections) = (0, 0)
            let session = PostgresSession(string, sleep: { _ in }, onConnect: { _ in connections += 1 })
            let batches = try Sample.batches(0..<3)
            let head = try session.retrying("append") { (connection) throws(StoreError) in
                attempts += 1
                try FeedLog(connection).append(batches)
                if attempts < 3 { throw .connectionLost(message: "test") }
                return try FeedLog(connection).head()
            }
            #expect(head?.number == 3)
            #expect(attempts == 3)
            #expect(connections == 3)
            #expect(try FeedLog(PostgresConnection(string)).batches(after: .start, limit: 9) == batches)
        }
    }

    @Test("Waits grow to the longest, each new connection is prepared, and stopping ends it")
    func backoff() {
        var waits: [Int] = []
        var failures = 0
        let session = PostgresSession(
            "host=/nonexistent", backoff: .init(first: 100, longest: 1000), sleep: { waits.append($0) },
            shouldStop: { waits.count == 6 }, onFailure: { _ in failures += 1 })
        #expect(throws: StoreError.stopped) { try session.retrying("x") { _ in } }
        #expect(waits == [100, 200, 400, 800, 1000, 1000])
        #expect(failures == 6)
    }

    @Test("What would fail again is not repeated, and leaves the connection as it is")
    func permanent() async throws {
        try await PostgresFixture.withDatabase { string in
            var (attempts, connections) = (0, 0)
            let session = PostgresSession(
                string, sleep: { _ in Issue.record("slept") }, onConnect: { _ in connections += 1 })
            for _ in 0..<3 {
                let error = #expect(throws: StoreError.self) {
                    try session.retrying("x") { (connection) throws(StoreError) in
                        attempts += 1
                        _ = try connection.run("SELECT 1 / 0")
                    }
                }
                #expect(error?.sqlState == "22012")
            }
            #expect(attempts == 3)
            #expect(connections == 1)
        }
    }

    @Test("A connection that the server cut is opened and prepared again")
    func reconnects() async throws {
        try await PostgresFixture.withDatabase { string in
            var connections = 0
            var failures = 0
            let session = PostgresSession(
                string, sleep: { _ in }, onFailure: { _ in failures += 1 },
                onConnect: { (connection) throws(StoreError) in
                    connections += 1
                    try connection.listen("door")
                })
            let cut = try session.retrying("find") { (connection) throws(StoreError) in
                try connection.run("SELECT pg_backend_pid()")[0].value(0, as: Int.self)
            }
            try PostgresConnection(string).run("SELECT pg_terminate_backend(\(cut)::int, 60000)")
            let notified = try session.retrying("wait") { (connection) throws(StoreError) in
                try connection.notify("door", "again")
                return try connection.waitForNotification(milliseconds: 60_000)
            }
            #expect(notified.map(\.payload) == ["again"])
            #expect(connections == 2)
            #expect(failures == 1)
        }
    }

    @Test("A client runs its work on its own thread, one after the other")
    func client() async throws {
        try await PostgresFixture.withDatabase { string in
            let client = PostgresClient(string, sleep: { _ in })
            try await client.withConnection { (connection) throws(StoreError) in
                try connection.runScript("CREATE TABLE t (v int); INSERT INTO t VALUES (0)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await client.withConnection { (connection) throws(StoreError) in
                            // Two statements: another task's between them would lose an update.
                            let value = try connection.run("SELECT v FROM t")[0].value(0, as: Int.self)
                            try connection.run("UPDATE t SET v = \(value + 1)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let value = try await client.withConnection { (connection) throws(StoreError) in
                try connection.run("SELECT v FROM t")[0].value(0, as: Int.self)
            }
            #expect(value == 20)
        }
    }
}

/// Calls `body` with a cluster of its own, deleted afterwards.
func withOwnCluster(_ body: (PrivateCluster) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tidegate-own-\(UUID().uuidString)")
    let cluster = try PrivateCluster.start(folder: folder.path)
    defer { do { try cluster.delete() } catch { Issue.record(error) } }
    try body(cluster)
}
