import Foundation
import Schema
import ServiceKit
import Store
import Synchronization
import TestKit
import Testing

@testable import Tidegate

@Suite("Backup and restore", .timeLimit(.minutes(20)))
struct BackupTests {
    /// Rows of a feed and of what came of it.
    private static func fill(_ url: String) throws {
        let connection = try PostgresConnection(url)
        try FeedLog(connection).append(try SampleFeed.batches(40))
        try MetricStore(connection).save(
            [Metric(name: "accuracy", label: "é'\\", time: UnixNanos(1), value: .nan)], position: FeedPosition(1))
        try StatusStore(connection).save(
            ServiceStatus(
                name: "executor", processID: 1, startedAt: UnixNanos(0), updatedAt: UnixNanos(0), isReady: true,
                position: FeedPosition(3), lagMilliseconds: 0, residentBytes: 1, restarts: 0, endpoint: "x"))
    }

    /// Two databases, the second empty, and a folder; on a thread of its own, since programs are waited for.
    private static func withSites(
        _ body: @escaping @Sendable (_ here: String, _ there: String, _ folder: String) throws -> Void
    ) async throws {
        try await PostgresFixture.withDatabase { here in
            try await PostgresFixture.withDatabase { there in
                let folder = try TemporaryFolder.make() + "/backup"
                try await DedicatedThread.run(named: "test") { try body(here, there, folder) }
            }
        }
    }

    private static let tables = ["feed_log", "candles", "control_requests", "metrics", "schema_migrations"]

    private static func digests(_ url: String) throws -> [TableDigest] {
        try TableDigest.digests(of: tables, in: PostgresConnection(url))
    }

    private static func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was refused"
        } catch let error as CommandFailure {
            return error.description
        } catch {
            return "\(error)"
        }
    }

    @Test("What is restored is what was backed up, row by row, without the last words of services")
    func roundTrip() async throws {
        try await Self.withSites { here, there, folder in
            try Self.fill(here)
            let manifest = try DatabaseBackup(url: here, folder: folder).make()
            #expect(manifest.schemaVersion == Migration.all.count)
            #expect(
                manifest.feed?.position == (try FeedLog(PostgresConnection(here)).head())?.watermark.position.rawValue)
            #expect(try BackupManifest(readingFrom: folder) == manifest)
            #expect(manifest.tables.first { $0.table == "feed_log" }.map { $0.rows > 80 } == true)
            let outcome = try DatabaseRestore(folder: folder, url: there, replaces: false).run()
            #expect(outcome.manifest == manifest && outcome.migrations.isEmpty)
            #expect(try Self.digests(there) == Self.digests(here))
            #expect(try StatusStore(PostgresConnection(there)).all().isEmpty)
            #expect(try StatusStore(PostgresConnection(here)).all().count == 1)
            // What was restored can be backed up and restored again.
            let again = try DatabaseBackup(url: there, folder: folder + "2").make()
            _ = try DatabaseRestore(folder: folder + "2", url: there, replaces: true).run()
            #expect(
                again.tables.filter { $0.table != "service_status" }
                    == manifest.tables.filter { $0.table != "service_status" })
        }
    }

    @Test("A backup is of one moment, whatever is written meanwhile")
    func moment() async throws {
        try await Self.withSites { here, there, folder in
            try Self.fill(here)
            let isOver = Mutex(false)
            let writer = Thread {
                guard let connection = try? PostgresConnection(here) else { return }
                var number: Int64 = 0
                while !isOver.withLock({ $0 }) {
                    number += 1
                    // Two tables that agree at every moment.
                    try? connection.transaction { () throws(StoreError) in
                        try MetricStore(connection).save(
                            [Metric(name: "n", label: "", time: UnixNanos(number * 1000), value: 1)],
                            position: FeedPosition(UInt64(number)))
                        try connection.run(
                            "INSERT INTO trials (job_id, model, fold, settings, metrics) SELECT id, 'm', \(number), '{}', '{}' FROM jobs"
                        )
                    }
                }
            }
            try JobQueue(PostgresConnection(here)).submit("train", payload: "{}", key: "k")
            writer.start()
            defer { isOver.withLock { $0 = true } }
            let manifest = try DatabaseBackup(url: here, folder: folder).make()
            _ = try DatabaseRestore(folder: folder, url: there, replaces: false).run()
            let rows = try PostgresConnection(there).run(
                "SELECT (SELECT count(*) FROM metrics WHERE name = 'n'), (SELECT count(*) FROM trials)")
            let (metrics, trials): (Int64, Int64) = (try rows[0].value(0), try rows[0].value(1))
            #expect(metrics == trials)
            #expect(manifest.tables.first { $0.table == "trials" }?.rows == trials)
            let now = try PostgresConnection(here).run("SELECT count(*) FROM trials")[0].value(0, as: Int64.self)
            #expect(now > trials, "nothing was written meanwhile")
        }
    }

    @Test("A database that holds rows is left alone, unless it is to be replaced")
    func nonEmpty() async throws {
        try await Self.withSites { here, there, folder in
            try Self.fill(here)
            _ = try DatabaseBackup(url: here, folder: folder).make()
            try MetricStore(PostgresConnection(there)).save(
                [Metric(name: "mine", label: "", time: UnixNanos(1), value: 1)], position: FeedPosition(1))
            let before = try Self.digests(there)
            let refusal = Self.failure { _ = try DatabaseRestore(folder: folder, url: there, replaces: false).run() }
            #expect(refusal == "the database holds rows (metrics); --replace deletes them")
            #expect(try Self.digests(there) == before)
            _ = try DatabaseRestore(folder: folder, url: there, replaces: true).run()
            #expect(try Self.digests(there) == Self.digests(here))
        }
    }

    @Test("A database that services use is left alone, whatever is asked")
    func inUse() async throws {
        try await Self.withSites { here, there, folder in
            try Self.fill(here)
            _ = try DatabaseBackup(url: here, folder: folder).make()
            let service = try PostgresConnection(there, applicationName: "risk-gate")
            let refusal = Self.failure { _ = try DatabaseRestore(folder: folder, url: there, replaces: true).run() }
            #expect(refusal == "services use the database, stop them first: risk-gate")
            withExtendedLifetime(service) {}
        }
    }

    @Test("A damaged dump, one of a later build and a folder that is no backup are refused before anything is changed")
    func damaged() async throws {
        try await Self.withSites { here, there, folder in
            try Self.fill(here)
            try Self.fill(there)
            let before = try Self.digests(there)
            func refusal() -> String {
                Self.failure { _ = try DatabaseRestore(folder: folder, url: there, replaces: true).run() }
            }
            #expect(refusal().contains("is no backup"))
            _ = try DatabaseBackup(url: here, folder: folder).make()
            let manifest = URL(fileURLWithPath: folder + "/manifest.json")
            let text = try String(contentsOf: manifest, encoding: .utf8)
            let build = Migration.all.count
            try text.replacing("\"schema_version\" : \(build)", with: "\"schema_version\" : \(build + 1)")
                .write(to: manifest, atomically: true, encoding: .utf8)
            #expect(refusal().contains("restore it with a later build"))
            try text.replacing("\"format\" : 1", with: "\"format\" : 2")
                .write(to: manifest, atomically: true, encoding: .utf8)
            #expect(refusal().contains("format 2"))
            try "{".write(to: manifest, atomically: true, encoding: .utf8)
            #expect(refusal().contains("is damaged"))
            try text.write(to: manifest, atomically: true, encoding: .utf8)
            let dump = try FileHandle(forUpdating: URL(fileURLWithPath: folder + "/database.dump"))
            try dump.seek(toOffset: 2000)
            try dump.write(contentsOf: Data([0, 1, 2, 3]))
            try dump.close()
            #expect(refusal().contains("SHA-256"))
            #expect(try Self.digests(there) == before)
        }
    }

    @Test("A restore that differs from what was backed up is told")
    func different() async throws {
        try await Self.withSites { here, there, folder in
            try Self.fill(here)
            let made = try DatabaseBackup(url: here, folder: folder).make()
            let text = try String(contentsOfFile: folder + "/manifest.json", encoding: .utf8)
            let digest = try #require(made.tables.first { $0.table == "candles" }?.digest)
            try text.replacing(digest, with: String(repeating: "0", count: 64))
                .write(toFile: folder + "/manifest.json", atomically: true, encoding: .utf8)
            let refusal = Self.failure { _ = try DatabaseRestore(folder: folder, url: there, replaces: false).run() }
            #expect(refusal == "restored, but not as it was backed up: candles")
        }
    }

    @Test("A backup that is there is not written over, and one cut short leaves nothing behind")
    func folders() async throws {
        try await Self.withSites { here, there, folder in
            try Self.fill(here)
            _ = try DatabaseBackup(url: here, folder: folder).make()
            #expect(
                Self.failure { _ = try DatabaseBackup(url: here, folder: folder).make() }.contains("is there already"))
            try PostgresConnection(there).runScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            #expect(
                Self.failure { _ = try DatabaseBackup(url: there, folder: folder + "2").make() }.contains(
                    "nothing to back up"))
            let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["backup"])
        }
    }

    @Test("A password reaches the program, and not its arguments")
    func password() async throws {
        let folder = try TemporaryFolder.make()
        let program = folder + "/pg_dump"
        try """
        #!/bin/sh
        for argument; do echo "$argument" >>'\(folder)/arguments'; done
        for argument; do case $argument in --dbname=*) connection=$argument ;; esac; done
        file=$(echo "$connection" | sed "s/.*passfile='\\(.*\\)'/\\1/")
        stat -c %a "$file" >'\(folder)/mode'
        cp "$file" '\(folder)/passfile'
        env >'\(folder)/environment'
        """.write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        try await DedicatedThread.run(named: "test") {
            try PostgresTool(path: program).run(
                ["--x"], database: "postgresql://me:s%3Ae%5Ccret@db.example/tidegate?connect_timeout=1"
            ) { _ in }
        }
        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
        #expect(try text("passfile") == "*:*:*:*:s\\:e\\\\cret\n")
        #expect(try text("mode") == "600\n")
        for name in ["arguments", "environment"] { #expect(try !text(name).contains("cret")) }
        #expect(try text("arguments").contains("host='db.example'"))
        #expect(try text("arguments").contains("--no-password"))
    }
}
