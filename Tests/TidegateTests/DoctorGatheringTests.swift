import Foundation
import Pipeline
import Schema
import ServiceKit
import Store
import TestKit
import Testing

@testable import Tidegate

/// Faults planted into a real database, folders and sockets.
@Suite("Doctor's eyes", .timeLimit(.minutes(20)))
struct DoctorGatheringTests {
    private static func database(
        _ url: String, clock: @escaping () -> UnixNanos = { WallClock.now }
    ) throws -> DatabaseFacts.Contents {
        let workspace = Workspace(try TemporaryFolder.make())
        let facts = DatabaseFacts.gather(workspace, environment: ["DATABASE_URL": url], clock: clock)
        guard case .reachable(let contents) = facts else { throw CommandFailure("\(facts)") }
        return contents
    }

    @Test("A clock that differs from the database's is told, to the tenth of a second")
    func clock() async throws {
        try await PostgresFixture.withDatabase { url in
            #expect(try abs(Self.database(url).skew) < 0.5)
            let behind = try Self.database(url) { WallClock.now.advanced(by: -90_000_000_000) }
            #expect(abs(behind.skew - 90) < 0.5 && behind.uncertainty < 0.5)
            let facts = DoctorFacts(machine: MachineFacts(), database: .reachable(behind))
            #expect(Set(Diagnosis(facts).findings.map(\.check)) == ["clock.skew", "database.settings"])
        }
    }

    @Test("A server that does not flush, that is full, or that is not there, is told")
    func server() async throws {
        try await PostgresFixture.withDatabase { url in
            let server = try Self.database(url).server
            // The tests' own server does not flush.
            #expect(server.settings["fsync"] == "off" && server.settings["autovacuum"] == "on")
            #expect(server.version >= 130_000 && server.mostConnections >= 100)
            #expect((1...server.mostConnections).contains(server.connections) && !server.isReadOnly)
            let idle = try PostgresConnection(url, applicationName: "risk-gate")
            try idle.runScript("BEGIN")
            try await Task.sleep(for: .milliseconds(100))
            let later = try Self.database(url).server
            #expect(later.idleTransaction.map { $0 >= 0.1 } == true)
            #expect(later.programs.contains("risk-gate"))
            try idle.runScript("COMMIT")
        }
        let workspace = Workspace(try TemporaryFolder.make())
        let gone = DatabaseFacts.gather(
            workspace, environment: ["DATABASE_URL": "host=/nowhere password=secret"], clock: { WallClock.now })
        guard case .unreachable(let reason) = gone else { throw CommandFailure("\(gone)") }
        #expect(reason.contains("/nowhere") && !reason.contains("secret"))
        guard case .absent = DatabaseFacts.gather(workspace, environment: [:], clock: { WallClock.now }) else {
            throw CommandFailure("a database where none was made")
        }
    }

    @Test("A schema behind or ahead of this build, and a database without tables, are told")
    func schema() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let build = Migration.all.count
            #expect(try Self.database(url).schema == nil)
            try connection.runScript("INSERT INTO schema_migrations VALUES (99, 'later', 'x', now(), true)")
            #expect(try Self.database(url).schema == .tooNew(database: 99, build: build, breaking: 99))
            try connection.runScript("DELETE FROM schema_migrations WHERE number >= \(build)")
            #expect(try Self.database(url).schema == .behind(database: build - 1, build: build))
            try connection.runScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            let empty = try Self.database(url)
            #expect(empty.schema == .behind(database: 0, build: build) && empty.pipeline == nil)
        }
    }

    @Test("What services, feed and jobs said is told with its age; snapshots are read whole")
    func pipeline() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let batches = try SampleFeed.batches(12)
            try FeedLog(connection).append(batches)
            let now = WallClock.now
            for (name, age) in [("executor", 30.0), ("risk-gate", 1.0)] {
                let said = now.advanced(by: -Int64(age * 1e9))
                try StatusStore(connection).save(
                    ServiceStatus(
                        name: name, processID: 1, startedAt: said, updatedAt: said, isReady: true,
                        position: FeedPosition(9), lagMilliseconds: 0, residentBytes: 1, restarts: 0, endpoint: "x"))
            }
            try FeedStatusStore(connection).save(
                FeedStatus(
                    source: "exchange", detail: "d", from: nil, to: nil, reached: now.advanced(by: -500_000_000_000),
                    batches: 12, expected: nil, isFinished: false))
            let snapshots = SnapshotStore(connection)
            try snapshots.save(Snapshot(service: "executor", position: FeedPosition(2), batchNumber: 1, state: [0, 1]))
            try snapshots.save(Snapshot(service: "risk-gate", position: FeedPosition(2), batchNumber: 1, state: []))
            try JobQueue(connection).submit("train", payload: "{}", key: "a")
            let lease = try #require(try JobQueue(connection).claim(["train"], owner: "o", seconds: 100))
            try JobQueue(connection).fail(lease, error: "no data")
            try JobQueue(connection).submit("train", payload: "{}", key: "b")

            let facts = try #require(try Self.database(url).pipeline)
            #expect(facts.services.map(\.status.name) == ["executor", "risk-gate"])
            #expect(facts.services.map { ($0.silence / 10).rounded() } == [3, 0])
            #expect(facts.services.allSatisfy { $0.isAlive == nil })
            #expect(facts.feedAge.map { abs($0 - 500) < 5 } == true && facts.feedStep == 60)
            #expect(facts.feedSilence.map { $0 < 5 } == true)
            #expect(facts.logEnd == batches.last?.watermark.position && facts.ingestorEnd == nil)
            #expect(facts.failedJobs.map(\.error) == ["no data"] && facts.waitingJobs.map(\.id) == [2])
            #expect(facts.snapshots.map(\.problem) == ["it is damaged", "it is damaged"])
        }
    }

    @Test("Folders, sockets, logs, keys and the process file are looked at where they are")
    func machine() async throws {
        let workspace = Workspace(try TemporaryFolder.make())
        try workspace.create()
        let files = FileManager.default
        try await DedicatedThread.run(named: "test") {
            try KeyFolder(workspace.keyFolder).initialize()
            func gather() -> MachineFacts { .gather(workspace, port: 1, programs: "/nowhere") }
            let clean = gather()
            #expect(MachineChecks.findings(clean, DoctorLimits()).map(\.check).allSatisfy { $0 == "program.starts" })
            #expect(clean.folders.count == 4 && clean.folders.allSatisfy(\.isWritable) && clean.processFile == nil)
            #expect(!clean.disks.isEmpty && clean.disks.allSatisfy { $0.freeBytes > 0 })
            #expect(clean.programs.map(\.problem) == Topology.services.map { _ in "there is no such program" })

            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: workspace.busFolder)
            try "\(getpid())".write(toFile: workspace.processFile, atomically: true, encoding: .utf8)
            try Data(count: 5000).write(to: URL(fileURLWithPath: workspace.logFolder + "/x.log"))
            var limits = DoctorLimits()
            (limits.logBytes, limits.freeBytes) = (4000, .max)
            let kinds = Set(MachineChecks.findings(gather(), limits).map(\.check))
            // The process that runs the tests is no supervisor.
            #expect(kinds == ["program.starts", "folder.private", "process.stale", "log.size", "disk.space"])
            #expect(gather().processFile?.holder?.pid == getpid())
        }
        let keys = try #require(KeyFacts.gather(KeyFolder(workspace.keyFolder)))
        #expect(KeyChecks.findings(keys, isWhole: true, DoctorLimits()).isEmpty)
        let folder = workspace.keyFolder
        try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/executor.key")
        try files.removeItem(atPath: folder + "/ingestor.allow")
        try files.removeItem(atPath: folder + "/risk-gate.pub")
        _ = try KeyFolder(folder).rotate("trainer")
        let broken = try #require(KeyFacts.gather(KeyFolder(folder)))
        #expect(broken.roles.first { $0.name == "trainer" }?.rotating.map { $0 < 60 } == true)
        let kinds = KeyChecks.findings(broken, isWhole: true, DoctorLimits()).map(\.check)
        #expect(Set(kinds) == ["key.mode", "key.list", "key.public"])
    }

    @Test("Who listens at a port is found, and a socket's file that nobody listens at")
    func sockets() throws {
        let folder = try TemporaryFolder.make()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int in
                guard bind(listener, address, length) == 0, listen(listener, 1) == 0,
                    getsockname(listener, address, &length) == 0
                else { return 0 }
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
        }
        try #require(port > 0)
        let table = SocketTable.read()
        #expect(table.ports.contains(port))
        #expect(table.holder(ofPort: port)?.pid == getpid())
        #expect(!table.paths.contains(folder + "/none"))
    }
}
