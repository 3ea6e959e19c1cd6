import Glibc
import Synchronization
import Testing

@testable import Bus

@Suite("Watching resolver", .timeLimit(.minutes(20)))
struct WatchingResolverTests {
    /// Passes questions on, and counts them.
    private final class Counted: HostResolver {
        let names = FakeResolver(["ingestor": ["10.0.0.1"]])
        let questions = Atomic(0)

        func addresses(of host: String, ipv6: Bool) throws(BusError) -> [String] {
            questions.add(1, ordering: .relaxed)
            return try names.addresses(of: host, ipv6: ipv6)
        }

        /// Waits until a question that was asked after the call has been answered.
        func waitForRound() {
            let before = questions.load(ordering: .relaxed)
            while questions.load(ordering: .relaxed) < before + 2 { usleep(1000) }
        }
    }

    private let counted = Counted()

    @Test("It answers with what it found last, and finds out by itself that a host has moved")
    func moves() throws {
        let resolver = WatchingResolver(asking: counted, every: .milliseconds(1))
        #expect(try resolver.addresses(of: "ingestor", ipv6: false) == ["10.0.0.1"])
        counted.names.set("ingestor", ["10.0.0.2", "10.0.0.3"])
        counted.waitForRound()
        #expect(try resolver.addresses(of: "ingestor", ipv6: false) == ["10.0.0.2", "10.0.0.3"])
    }

    @Test("It says that a host is unknown, until it is known")
    func unknown() throws {
        counted.names.set("ingestor", nil)
        let resolver = WatchingResolver(asking: counted, every: .milliseconds(1))
        #expect(throws: BusError.host("ingestor", reason: "unknown")) {
            try resolver.addresses(of: "ingestor", ipv6: false)
        }
        counted.names.set("ingestor", ["10.0.0.1"])
        counted.waitForRound()
        #expect(try resolver.addresses(of: "ingestor", ipv6: false) == ["10.0.0.1"])
    }

    @Test("Only the first question about a host waits for a look-up")
    func answersAtOnce() throws {
        let resolver = WatchingResolver(asking: counted, every: .seconds(3600))
        for _ in 0..<100 { _ = try resolver.addresses(of: "ingestor", ipv6: false) }
        #expect(counted.questions.load(ordering: .relaxed) == 1)
    }
}
