import Foundation
import Glibc
import Schema
import Synchronization
import Testing

@testable import Bus

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "An endpoint is read and written the same",
        arguments: ["tcp://127.0.0.1:5555", "tcp://ingestor:1", "tcp://[::1]:9", "ipc:///run/tg/s", "inproc://a b"])
    func roundTrip(text: String) throws {
        #expect(try Endpoint(parsing: text).description == text)
    }

    @Test(
        "What is no endpoint is refused",
        arguments: [
            "", "tcp", "tcp://", "tcp://host", "tcp://:1", "tcp://host:0", "tcp://host:65536", "tcp://host:x",
            "udp://host:1", "ipc://", "ipc://a\0b", "tcp://ho st:1", "tcp://a/b:1",
        ])
    func refused(text: String) {
        do throws(BusError) {
            let endpoint = try Endpoint(parsing: text)
            Issue.record("read as \(endpoint)")
        } catch {
            guard case .endpoint(text, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("A path that does not fit into a unix socket's address is refused with its length")
    func pathLength() throws {
        let longest = "ipc:///" + String(repeating: "p", count: 106)
        #expect(try Endpoint(parsing: longest).address.utf8.count == 107)
        #expect(
            throws: BusError.endpoint(
                longest + "p", reason: "a unix socket's path has at most 107 bytes, this one has 108")
        ) { try Endpoint(parsing: longest + "p") }
        #expect(throws: BusError.self) { try Endpoint(parsing: longest).recovery() }
    }

    @Test("Recovery is at the next port, or at the path with .recovery behind it")
    func recovery() throws {
        #expect(try Endpoint(parsing: "tcp://a:5555").recovery().description == "tcp://a:5556")
        #expect(try Endpoint(parsing: "ipc:///s").recovery().description == "ipc:///s.recovery")
        #expect(try Endpoint(parsing: "inproc://s").recovery().description == "inproc://s.recovery")
        #expect(throws: BusError.self) { try Endpoint(parsing: "tcp://a:65535").recovery() }
    }

    @Test("A list is read with commas and spaces between, each endpoint once")
    func list() throws {
        let list = try EndpointList(parsing: "tcp://a:1, ipc:///s,tcp://a:1")
        #expect(list.description == "tcp://a:1,ipc:///s")
        for text in ["", ",", "tcp://*:1", "tcp://a:*", "tcp://a:1,nonsense"] {
            #expect(throws: BusError.self) { try EndpointList(parsing: text) }
        }
    }

    @Test("A host name stands for all its addresses; an address and a path stand for themselves")
    func expansion() throws {
        let list = try EndpointList(parsing: "tcp://ingestor:5,tcp://10.0.0.9:5,ipc:///s")
        let resolver = FakeResolver(["ingestor": ["10.0.0.1", "10.0.0.2"]])
        let resolution = list.resolved(by: resolver)
        let texts = list.endpoints.map { resolution[$0]?.map(\.description) ?? [] }
        #expect(texts == [["tcp://10.0.0.1:5", "tcp://10.0.0.2:5"], ["tcp://10.0.0.9:5"], ["ipc:///s"]])
    }

    @Test("A name that cannot be looked up keeps its addresses, or stands for itself")
    func unresolvable() throws {
        let list = try EndpointList(parsing: "tcp://ingestor:5")
        let known = list.resolved(by: FakeResolver(["ingestor": ["10.0.0.1"]]))
        let nobody = FakeResolver([:])
        #expect(list.resolved(by: nobody, known: known) == known)
        #expect(list.resolved(by: nobody) == [list.endpoints[0]: list.endpoints])
    }

    @Test("The system knows localhost, and does not know a name that cannot exist")
    func systemResolver() throws {
        #expect(try SystemResolver().addresses(of: "localhost", ipv6: false) == ["127.0.0.1"])
        #expect(throws: BusError.self) { try SystemResolver().addresses(of: "no-such-host.invalid", ipv6: false) }
    }
}

@Suite("Listening", .timeLimit(.minutes(20)))
struct ListeningTests {
    @Test("A place where somebody listens is refused", arguments: Wire.allCases)
    func busy(wire: Wire) throws {
        let context = try ZMQContext()
        let first = try LogPublisher(
            context: context, endpoint: wire.endpoint(), recovery: wire == .tcp ? wire.endpoint() : nil, run: 1)
        #expect(throws: BusError.addressInUse(endpoint: first.endpoint.description)) {
            try LogPublisher(context: context, endpoint: first.endpoint, run: 2)
        }
        #expect(throws: BusError.addressInUse(endpoint: first.recoveryEndpoint.description)) {
            try LogPublisher(context: context, endpoint: wire.endpoint(), recovery: first.recoveryEndpoint, run: 2)
        }
        withExtendedLifetime(first) {}
    }

    @Test("A publisher that ended leaves its place free", arguments: Wire.allCases)
    func freed(wire: Wire) throws {
        let context = try ZMQContext()
        let endpoint = try wire.endpoint()
        let recovery = wire == .tcp ? endpoint : nil
        var place = endpoint
        do {
            place = try LogPublisher(context: context, endpoint: endpoint, recovery: recovery, run: 1).endpoint
        }
        _ = try successor { () throws(BusError) in
            try LogPublisher(context: context, endpoint: place, recovery: recovery, run: 2)
        }
    }

    @Test("The socket file that a dead process left behind does not block its successor")
    func staleSocketFile() throws {
        let path = try Samples.folder().path + "/s"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        listen(descriptor, 1)
        let endpoint = try Endpoint(parsing: "ipc://\(path)")
        let context = try ZMQContext()
        #expect(throws: BusError.addressInUse(endpoint: endpoint.description)) {
            try LogPublisher(context: context, endpoint: endpoint, run: 1)
        }
        close(descriptor)
        #expect(FileManager.default.fileExists(atPath: path))
        let publisher = try LogPublisher(context: context, endpoint: endpoint, run: 1)
        let subscriber = try LogSubscriber(context: context, endpoints: EndpointList([endpoint]))
        #expect(try publisher.waitForSubscriptions(1, timeout: limit))
        withExtendedLifetime(subscriber) {}
    }

    @Test("A file that is no directory, or a host that is not ours, gives the error of libzmq")
    func cannotListen() throws {
        let context = try ZMQContext()
        for text in ["ipc:///dev/null/s", "tcp://203.0.113.1:5555"] {
            let error = #expect(throws: BusError.self) {
                try LogPublisher(context: context, endpoint: Endpoint(parsing: text), run: 1)
            }
            guard case .socket(let cause) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(cause.function == "zmq_bind")
        }
    }
}

/// Gives the addresses that a test sets.
final class FakeResolver: HostResolver {
    private let table: Mutex<[String: [String]]>

    init(_ table: [String: [String]]) { self.table = Mutex(table) }

    func set(_ host: String, _ addresses: [String]?) { table.withLock { $0[host] = addresses } }

    func addresses(of host: String, ipv6: Bool) throws(BusError) -> [String] {
        guard let addresses = table.withLock({ $0[host] }) else { throw .host(host, reason: "unknown") }
        return addresses
    }
}
