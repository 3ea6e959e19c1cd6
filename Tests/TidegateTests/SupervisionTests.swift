import Foundation
import Testing

@testable import Tidegate

@Suite("Supervision", .timeLimit(.minutes(1)))
struct SupervisionTests {
    @Test("A service that is replaced is not also started again, however late word of its end comes")
    func replaced() throws {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // A child inherits what its thread blocks, and the threads of a test block SIGTERM.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let arguments = ["-c", "exec sleep 100"]
        let service = SupervisedService(
            ServiceSpecification(name: "shell", arguments: arguments), executable: URL(fileURLWithPath: "/bin/sh"),
            environment: [:], log: folder + "/shell.log"
        ) { _, _ in }
        try service.start()
        let first = try #require(service.process)
        try service.replace(arguments: arguments)
        service.ended(first)
        let restarts = service.restarts
        service.stop(within: 2)
        #expect(restarts == 0)
    }
}
