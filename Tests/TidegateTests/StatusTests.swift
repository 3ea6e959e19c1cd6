import Foundation
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Status")
struct StatusTests {
    private func status(
        _ name: String, instance: String = "", position: UInt64, ready: Bool = true, pid: Int32 = 1,
        updated: Int64 = 100, error: String? = nil
    ) -> ServiceStatus {
        ServiceStatus(
            name: name, instance: instance, processID: pid, startedAt: UnixNanos(seconds: 1),
            updatedAt: UnixNanos(seconds: updated),
            isReady: ready, position: FeedPosition(position), lagMilliseconds: 0, residentBytes: 12_300_000,
            restarts: 3,
            endpoint: "ipc://x", error: error)
    }

    private let now = UnixNanos(seconds: 102)

    @Test("Services stand in the order of the data, and lag counts positions behind the ingestor")
    func order() {
        let status = DeploymentStatus(
            [
                status("executor", position: 70), status("feature-builder", position: 100),
                status("ingestor", position: 90), status("trainer", position: 0),
            ], feed: nil, now: now
        ) { _ in true }
        #expect(status.services.map(\.name) == ["ingestor", "feature-builder", "executor", "trainer"])
        #expect(status.services.map(\.lag) == [0, 0, 20, nil])
        #expect(status.services.allSatisfy { $0.ageSeconds == 2 })
    }

    @Test("A service is ready when it says so, said so lately, and its process is not known to be gone")
    func readiness() {
        let services = [
            status("ingestor", position: 1, pid: 1), status("executor", position: 1, pid: 2),
            status("risk-gate", position: 1, ready: false, pid: 1), status("trainer", position: 1, pid: 1, updated: 80),
            status("zebra", position: 1, pid: 3),
        ]
        let result = DeploymentStatus(services, feed: nil, now: now) { [1: true, 2: false][$0] }
        #expect(result.services.map(\.ready) == [true, false, false, false, true])
        #expect(result.services.map(\.alive) == [true, false, true, true, nil])
    }

    @Test("The keys of the JSON do not depend on what there is to tell")
    func keys() throws {
        let feed = FeedStatus(
            source: "file", detail: "x", from: nil, to: nil, reached: nil, batches: 5, expected: nil, isFinished: false)
        let status = DeploymentStatus([status("ingestor", position: 9)], feed: feed, now: now) { _ in nil }
        #expect(
            try JSONOutput.line(status) == """
                {"feed":{"batches":5,"detail":"x","expected":null,"finished":false,"reached":null,"source":"file"},"jobs":[],\
                "running":true,"services":[{"age_seconds":2,"alive":null,"error":null,"instance":null,"lag":0,"name":"ingestor","pid":1,\
                "position":9,"ready":true,"restarts":3,"rss_bytes":12300000}]}
                """)
        #expect(
            try JSONOutput.line(DeploymentStatus.notRunning)
                == #"{"feed":null,"jobs":[],"running":false,"services":[]}"#)
        #expect(DeploymentStatus.notRunning.text == "not running")
    }

    @Test("Each trainer is listed, by its instance")
    func trainers() throws {
        let status = DeploymentStatus(
            [
                status("trainer", instance: "b/2", position: 5), status("ingestor", position: 9),
                status("trainer", instance: "a/1", position: 5),
            ], feed: nil, now: now
        ) { _ in nil }
        #expect(status.services.map(\.name) == ["ingestor", "trainer", "trainer"])
        #expect(status.services.map(\.instance) == [nil, "a/1", "b/2"])
        #expect(try JSONOutput.line(status.services[1]).contains(#""instance":"a/1","lag":null,"name":"trainer""#))
        #expect(status.text.contains("trainer a/1"))
    }

    @Test("A job that was given up is shown with the reason, and one that is done is not")
    func jobs() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let queue = JobQueue(connection)
            let payload: JSONText = """
                {"model": "lstm", "seeds": [1], "instruments": ["binance.BTC-USDT"], "timeframe": "1h", "higher": []}
                """
            for key in ["a", "b", "c"] { try queue.submit("train", payload: payload, key: key, lostLimit: 1) }
            try queue.complete(try #require(try queue.claim(["train"], owner: "one", seconds: 0)), result: "{}")
            _ = try queue.claim(["train"], owner: "two", seconds: 0)
            _ = try queue.claim(["train"], owner: "three", seconds: 3600)
            try StatusStore(connection).save(status("trainer", position: 1))
            let status = try DeploymentStatus.read(RunningDatabase(url: url, isOurs: false), now: now)
            #expect(status.jobs.map(\.state) == ["leased", "failed"])
            #expect(status.jobs.map(\.model) == ["lstm", "lstm"])
            #expect(status.text.contains("job 3 (lstm): 0 % done\njob 2 (lstm) failed: given up: workers"))
        }
    }

    @Test("This process is alive, and one that has ended but was not waited for is not")
    func life() throws {
        #expect(DeploymentStatus.isAlive(getpid()))
        var process = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        try #require(posix_spawn(&process, "/bin/true", nil, nil, &arguments, nil) == 0)
        // Waits for its end without taking it away.
        var information = siginfo_t()
        try #require(waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == 0)
        #expect(!DeploymentStatus.isAlive(process))
        waitpid(process, nil, 0)
        #expect(!DeploymentStatus.isAlive(process))
    }

    @Test("A workspace in which nothing was ever started does not run, and is not made by asking")
    func nothing() throws {
        let folder = try TemporaryFolder.make() + "/none"
        #expect(try Workspace(folder).runningDatabase(environment: [:]) == nil)
        #expect(!FileManager.default.fileExists(atPath: folder))
        let elsewhere = try Workspace(folder).runningDatabase(environment: ["DATABASE_URL": "host=db"])
        #expect(elsewhere == RunningDatabase(url: "host=db", isOurs: false))
    }

    @Test("What services and feed wrote is read, and a database without our tables is one where nothing runs")
    func database() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try StatusStore(connection).save(status("risk-gate", position: 4, error: "lost\nhope"))
            try FeedStatusStore(connection).save(
                FeedStatus(
                    source: "file", detail: "d", from: nil, to: nil, reached: now, batches: 2, expected: 4,
                    isFinished: true))
            let status = try DeploymentStatus.read(RunningDatabase(url: url, isOurs: false), now: now)
            #expect(status.feed?.finished == true && status.feed?.reached == "1970-01-01T00:01:42Z")
            #expect(status.services.map(\.error) == ["lost\nhope"] && status.services[0].lag == nil)
            #expect(status.text.contains("lost") && !status.text.contains("hope"))
            try connection.runScript("DROP TABLE service_status")
            #expect(try DeploymentStatus.read(RunningDatabase(url: url, isOurs: false), now: now) == .notRunning)
        }
    }
}
