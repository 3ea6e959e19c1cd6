import Foundation
import Store
import TestKit
import Testing

@Suite("Private cluster", .timeLimit(.minutes(20)))
struct PrivateClusterTests {
    private let files = FileManager.default

    @Test("Starting it again finds it running; stopped and started, it has what was committed")
    func reuse() throws {
        try withOwnCluster { cluster in
            try cluster.createDatabase("a b")
            try cluster.createDatabase("a b")
            let connection = try PostgresConnection(cluster.connectionString(database: "a b"))
            try connection.runScript("CREATE TABLE t AS SELECT 7 AS v")
            let started = "SELECT pg_postmaster_start_time()::text"
            let first = try connection.run(Query(stringLiteral: started))[0].value(0, as: String.self)
            let again = try PrivateCluster.start(folder: cluster.folder)
            #expect(again.connectionString(database: "x") == cluster.connectionString(database: "x"))
            #expect(try connection.run(Query(stringLiteral: started))[0].value(0) == first)
            try cluster.stop()
            #expect(!cluster.isRunning)
            try cluster.stop()
            _ = try PrivateCluster.start(folder: cluster.folder)
            #expect(cluster.isRunning)
            let reopened = try PostgresConnection(cluster.connectionString(database: "a b"))
            #expect(try reopened.run("SELECT v FROM t")[0].value(0) == 7)
            #expect(try reopened.run("SHOW fsync")[0].value(0) == "on")
            #expect(try reopened.run("SHOW listen_addresses")[0].value(0) == "")
            // Open connections do not keep a database from being dropped.
            try cluster.dropDatabase("a b")
            #expect(throws: StoreError.self) { try PostgresConnection(cluster.connectionString(database: "a b")) }
        }
    }

    @Test("A server that was killed is recovered, also when its process id has become another's")
    func staleProcess() throws {
        try withOwnCluster { cluster in
            let pidFile = "\(cluster.dataFolder)/postmaster.pid"
            let text = try String(contentsOfFile: pidFile, encoding: .utf8)
            let process = try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
            // Immediate shutdown, as in a crash: the cluster must recover from its log.
            #expect(kill(process, SIGKILL) == 0)
            while kill(process, 0) == 0, cluster.isRunning { usleep(1000) }
            let mine = ProcessInfo.processInfo.processIdentifier
            let lines =
                ["\(mine)"] + text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(String.init)
            try lines.joined(separator: "\n").write(toFile: pidFile, atomically: false, encoding: .utf8)
            _ = try PrivateCluster.start(folder: cluster.folder)
            #expect(cluster.isRunning)
        }
    }

    @Test("A cluster whose making was cut short is made again")
    func unfinished() throws {
        let folder = files.temporaryDirectory.appendingPathComponent("tidegate-own-\(UUID().uuidString)").path
        try files.createDirectory(atPath: "\(folder)/data.new/base", withIntermediateDirectories: true)
        try "15\n".write(toFile: "\(folder)/data.new/PG_VERSION", atomically: true, encoding: .utf8)
        let cluster = try PrivateCluster.start(folder: folder)
        defer { do { try cluster.delete() } catch { Issue.record(error) } }
        #expect(cluster.isRunning)
        #expect(!files.fileExists(atPath: "\(folder)/data.new"))
    }

    @Test("In a deep folder that root's server cannot enter, the cluster lies elsewhere behind a link; else in it")
    func barredFolder() throws {
        let parent = files.temporaryDirectory.appendingPathComponent("tidegate-own-\(UUID().uuidString)").path
        let folder = "\(parent)/\(String(repeating: "deep/", count: 30))cluster"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: parent)
        defer { try? files.removeItem(atPath: parent) }
        let cluster = try PrivateCluster.start(folder: folder)
        #expect(cluster.isRunning)
        if geteuid() == 0 {
            #expect(try files.destinationOfSymbolicLink(atPath: "\(folder)/data") == cluster.dataFolder)
            #expect(!cluster.dataFolder.hasPrefix(parent))
        } else {
            #expect(cluster.dataFolder == "\(folder)/data")
        }
        // With ".s.PGSQL.5432", below the 107 bytes that a socket's path may have.
        #expect(cluster.socketFolder.utf8.count < 90)
        let again = try PrivateCluster.start(folder: folder)
        #expect(again.dataFolder == cluster.dataFolder)
        try cluster.delete()
        #expect(!files.fileExists(atPath: cluster.dataFolder))
        #expect(!files.fileExists(atPath: cluster.socketFolder))
        #expect(!files.fileExists(atPath: folder))
    }

    @Test("Nobody but the server's account and us can reach the socket")
    func privateSocket() throws {
        try withOwnCluster { cluster in
            let attributes = try files.attributesOfItem(atPath: cluster.socketFolder)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }
}
