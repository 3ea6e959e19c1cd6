import Schema
import Store
import Testing

@testable import ServiceKit

@Suite("Status report")
struct StatusReportTests {
    private func status(_ instance: String, pid: Int32 = 7, updated: Int64 = 0) -> ServiceStatus {
        ServiceStatus(
            name: "trainer", instance: instance, processID: pid, startedAt: UnixNanos(0),
            updatedAt: UnixNanos(seconds: updated), isReady: true, position: .start, lagMilliseconds: 0,
            residentBytes: 0, restarts: 0, endpoint: "")
    }

    @Test("On this machine an instance is gone with its process; on others, and without a name, after five minutes")
    func gone() {
        func isGone(_ status: ServiceStatus, at now: Int64) -> Bool {
            StatusReport.isGone(status, machine: "here", now: UnixNanos(seconds: now)) { $0 == 1 }
        }
        #expect(!isGone(status("here/1", pid: 1), at: 100_000))
        #expect(isGone(status("here/7"), at: 0))
        for instance in ["there/7", "here/8", ""] {
            #expect(!isGone(status(instance), at: 300))
            #expect(isGone(status(instance), at: 301))
        }
    }
}
