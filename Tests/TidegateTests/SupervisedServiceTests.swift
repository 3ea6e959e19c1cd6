import Foundation
import ServiceKit
import Testing

@testable import Tidegate

@Suite("Supervised service", .timeLimit(.minutes(20)))
struct SupervisedServiceTests {
    private func service(_ script: String) throws -> SupervisedService {
        let log = try TemporaryFolder.make() + "/log"
        return SupervisedService(
            ServiceSpecification(name: "shell", arguments: ["-c", script]), executable: URL(fileURLWithPath: "/bin/sh"),
            environment: [:], log: log
        ) { _, _ in }
    }

    // On threads of their own: the supervisor needs the pool on which tests run.

    @Test("A service that is replaced again and again runs once, and its former selves are not started again")
    func replaced() async throws {
        let service = try service("exec /bin/sleep 60")
        try await DedicatedThread.run(named: "test") {
            try service.start()
            defer { service.stop(within: 0) }
            // The end of a process is heard of a little later: of most of these before the last is replaced.
            for _ in 0..<20 { try service.replace(arguments: ["-c", "exec /bin/sleep 60"], within: 0) }
            #expect(service.restarts == 0)
            #expect(service.processID != nil)
        }
    }

    @Test("A service that is killed is started again, until it is told to stop")
    func restarted() async throws {
        let service = try service("exec /bin/sleep 60")
        try await DedicatedThread.run(named: "test") {
            try service.start()
            let first = try #require(service.processID)
            service.kill()
            while service.processID.map({ $0 == first }) ?? true { sched_yield() }
            #expect(service.restarts == 1)
            service.stop(within: 0)
            #expect(service.processID == nil && service.restarts == 1)
        }
    }
}
