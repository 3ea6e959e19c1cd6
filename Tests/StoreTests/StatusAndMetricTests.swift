import Schema
import Store
import TestKit
import Testing

@Suite("Status and metrics", .timeLimit(.minutes(20)))
struct StatusAndMetricTests {
    @Test(
        "The last error stays when the service is started again, until there is another, and a process that ends says why"
    )
    func lastError() async throws {
        func status(_ minute: Int, pid: Int32, _ error: (String, Int)? = nil) -> ServiceStatus {
            ServiceStatus(
                name: "executor", processID: pid, startedAt: Sample.time(0), updatedAt: Sample.time(minute),
                isReady: true, position: FeedPosition(1), lagMilliseconds: 0, residentBytes: 1, restarts: 0,
                endpoint: "", error: error?.0, errorTime: error.map { Sample.time($0.1) }, published: 5,
                inputs: [
                    ServiceStatus.Input(
                        source: "ingestor", received: 1, missing: 2, recovered: 3, waiting: 4, behind: 5)
                ])
        }
        try await PostgresFixture.withDatabase { string in
            let store = StatusStore(try PostgresConnection(string))
            try store.save(status(1, pid: 1, ("slow", 1)))
            try store.save(status(2, pid: 2))
            #expect(try store.all() == [status(2, pid: 2, ("slow", 1))])
            try store.save(status(3, pid: 2, ("worse", 3)))
            #expect(try store.all() == [status(3, pid: 2, ("worse", 3))])
            try store.end("executor", processID: 1, error: "long gone", at: Sample.time(9))
            #expect(try store.all().first?.error == "worse")
            try store.end("executor", processID: 2, error: "the end", at: Sample.time(4))
            let last = try #require(try store.all().first)
            #expect(last.error == "the end" && last.errorTime == Sample.time(4) && !last.isReady)
            #expect(last.inputs == status(0, pid: 0).inputs)
        }
    }

    @Test("A service's last word replaces the one before")
    func status() async throws {
        func status(_ name: String, position: UInt64, error: String? = nil) -> ServiceStatus {
            ServiceStatus(
                name: name, processID: 4711, startedAt: Sample.time(0), updatedAt: Sample.time(1),
                isReady: error == nil,
                position: FeedPosition(position), lagMilliseconds: 1.5, residentBytes: 1 << 40, restarts: 3,
                endpoint: "http://127.0.0.1:9100", error: error)
        }
        try await PostgresFixture.withDatabase { string in
            let store = StatusStore(try PostgresConnection(string))
            try store.save(status("risk-gate", position: 5))
            try store.save(status("executor", position: 7))
            try store.save(status("risk-gate", position: 9, error: "no heartbeat"))
            #expect(
                try store.all() == [
                    status("executor", position: 7), status("risk-gate", position: 9, error: "no heartbeat"),
                ])
        }
    }

    @Test("Instances of a service have a row each, and one that is gone is forgotten unless it was heard of again")
    func instances() async throws {
        func status(_ instance: String, minute: Int) -> ServiceStatus {
            ServiceStatus(
                name: "trainer", instance: instance, processID: 1, startedAt: Sample.time(0),
                updatedAt: Sample.time(minute), isReady: true, position: FeedPosition(1), lagMilliseconds: 0,
                residentBytes: 1, restarts: 0, endpoint: "")
        }
        try await PostgresFixture.withDatabase { string in
            let store = StatusStore(try PostgresConnection(string))
            for status in [status("b/2", minute: 1), status("a/1", minute: 1), status("b/2", minute: 3)] {
                try store.save(status)
            }
            #expect(try store.all() == [status("a/1", minute: 1), status("b/2", minute: 3)])
            try store.forget("trainer", instance: "a/1", lastHeard: Sample.time(1))
            try store.forget("trainer", instance: "b/2", lastHeard: Sample.time(2))
            #expect(try store.all() == [status("b/2", minute: 3)])
        }
    }

    @Test("A series is read by time, and the last value of every series together")
    func metrics() async throws {
        func metric(_ name: String, _ minute: Int) -> Metric {
            Metric(name: name, label: "all", time: Sample.time(minute), value: Double(minute) / 3)
        }
        try await PostgresFixture.withDatabase { string in
            let store = MetricStore(try PostgresConnection(string))
            try store.save((0..<50).reversed().map { metric("accuracy", $0) }, position: FeedPosition(1))
            try store.save([metric("drawdown", 2)], position: FeedPosition(2))
            let some = try store.series("accuracy", label: "all", in: Sample.time(3)..<Sample.time(6))
            #expect(some == (3..<6).map { metric("accuracy", $0) })
            #expect(try store.series("accuracy", label: "other", in: Sample.time(0)..<Sample.time(9)).isEmpty)
            #expect(try store.latest() == [metric("accuracy", 49), metric("drawdown", 2)])
        }
    }
}
