import Bus
import Foundation
import Pipeline
import Schema
import Testing

@testable import ServiceKit

@Suite("Key rotation", .timeLimit(.minutes(20)))
struct KeyRotationTests {
    private let town: Town

    init() throws { town = try Town() }

    private func path(_ role: String, _ suffix: String) -> String { "\(town.ring.folder)/\(role).\(suffix)" }

    /// What `tidegate keys rotate` does to the folder.
    private func rotate(_ role: String) throws {
        let files = FileManager.default
        try Data(contentsOf: URL(fileURLWithPath: path(role, "pub"))).write(
            to: URL(fileURLWithPath: path(role, "retiring")))
        let aside = KeyRing(folder: town.ring.folder + "/aside")
        try aside.create(role)
        for suffix in ["key", "pub"] {
            try files.removeItem(atPath: path(role, suffix))
            try files.moveItem(atPath: "\(aside.folder)/\(role).\(suffix)", toPath: path(role, suffix))
        }
        try files.removeItem(atPath: aside.folder)
    }

    /// The ingestor in the place of one that has just been let go of, whose sockets close in the background.
    private func successor() throws -> ServiceBus {
        for _ in 0..<500 {
            if let bus = try? ServiceBus(town.context(Topology.ingestor)) { return bus }
            usleep(10_000)
        }
        return try ServiceBus(town.context(Topology.ingestor))
    }

    private func retire(_ role: String) throws { try FileManager.default.removeItem(atPath: path(role, "retiring")) }

    /// Somebody on the bus who follows the ingestor.
    private final class Follower {
        /// `nil` for one who has no sockets of its own to listen at.
        let bus: ServiceBus?
        let subscriber: LogSubscriber
        private let name: String

        /// A service.
        init(_ town: Town, _ name: String) throws {
            self.name = name
            let bus = try ServiceBus(town.context(name))
            (self.bus, subscriber) = (bus, try bus.subscriber(of: Topology.ingestor))
        }

        /// Whoever holds the keys of `ring`.
        init(_ town: Town, _ name: String, keys ring: KeyRing) throws {
            self.name = name
            bus = nil
            let context = try ZMQContext()
            let security = try RoleSecurity(context: context, ring: ring, role: name)
            subscriber = try LogSubscriber(
                context: context, endpoints: EndpointList(parsing: "ipc://\(town.folder)/\(Topology.ingestor)"),
                security: security.client(of: Topology.ingestor))
        }

        /// Says something, and whether anything has come since the last time.
        func turn() throws -> Bool {
            try subscriber.request(.acknowledge(consumer: name, upTo: .start))
            var inbox = Bus.Inbox()
            try subscriber.drain(into: &inbox)
            return !inbox.items.isEmpty
        }
    }

    /// Lets the source speak until `isDone`, with the keys looked at as often as in a service, only faster.
    private func run(
        _ source: ServiceBus, _ followers: [Follower], _ what: Comment, within seconds: Double = 20,
        until isDone: (_ heard: [Bool], _ asked: Set<String>) -> Bool
    ) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var (asked, round): (Set<String>, Int) = ([], 0)
        while ContinuousClock.now < deadline {
            round += 1
            try source.heartbeat(head: .start)
            usleep(2000)
            let heard = try followers.map { try $0.turn() }
            for case .acknowledge(let consumer, _) in try source.requests() { asked.insert(consumer) }
            if isDone(heard, asked) { return }
            // Between two looks there is time to connect and to hear, as there is in a second.
            if round % 100 == 0 {
                try source.refreshKeys()
                for follower in followers { try follower.bus?.refreshKeys() }
            }
        }
        Issue.record(what)
    }

    @Test("A consumer is heard with its old key and its new one, until the old one is retired; then it is cut off")
    func consumer() throws {
        let name = Topology.featureBuilder
        let source = try ServiceBus(town.context(Topology.ingestor))
        let friend = try Follower(town, Topology.executor)
        let copy = KeyRing(folder: town.folder + "/copy")
        try FileManager.default.copyItem(atPath: town.ring.folder, toPath: copy.folder)
        let old = try Follower(town, name, keys: town.ring)
        try run(source, [old, friend], "the old key is let in") { heard, _ in heard == [true, true] }

        try rotate(name)
        try source.refreshKeys()
        let new = try Follower(town, name, keys: town.ring)
        try run(source, [old, new, friend], "both keys count") { heard, asked in
            heard == [true, true, true] && asked.contains(name)
        }

        try retire(name)
        try source.refreshKeys()
        try drain(old)
        let thief = try Follower(town, name, keys: copy)
        try run(source, [new, friend], "the others have come back") { heard, _ in heard == [true, true] }
        var (rounds, heardOften) = (0, 0)
        try run(source, [old, thief, new], "the new key is heard") { heard, _ in
            if heard[0] || heard[1] { Issue.record("a retired key hears") }
            rounds += 1
            heardOften += heard[2] ? 1 : 0
            return rounds >= 400 && heardOften >= 50
        }
        #expect(source.publisher.subscriptions == 2)
        #expect(try source.publisher.refusedConnections() > 0)
    }

    /// Takes what had arrived before the connection was cut.
    private func drain(_ follower: Follower) throws {
        for _ in 0..<20 {
            var inbox = Bus.Inbox()
            try follower.subscriber.drain(into: &inbox)
            usleep(5000)
        }
    }

    @Test("A source that takes up its new key is found again by those that followed the old one")
    func source() throws {
        var source: ServiceBus? = try ServiceBus(town.context(Topology.ingestor))
        let friend = try Follower(town, Topology.executor)
        try run(try #require(source), [friend], "the old key is known") { heard, _ in heard[0] }
        let copy = town.folder + "/copy"
        try FileManager.default.copyItem(atPath: town.ring.folder, toPath: copy)

        try rotate(Topology.ingestor)
        try run(try #require(source), [friend], "it goes on") { heard, asked in heard[0] && !asked.isEmpty }
        source = nil
        let renewed = try successor()
        try run(renewed, [friend], "the new key is found") { heard, asked in heard[0] && asked == [Topology.executor] }

        try retire(Topology.ingestor)
        try friend.bus?.refreshKeys()
        try run(renewed, [friend], "the new key stays") { heard, _ in heard[0] }
    }

    @Test(
        "Nobody is heard in the place of a service with its retired key, nor with another role's",
        arguments: [
            Topology.ingestor, Topology.featureBuilder,
        ])
    func impostor(role: String) throws {
        let copy = town.folder + "/copy"
        try FileManager.default.copyItem(atPath: town.ring.folder, toPath: copy)
        if role != Topology.ingestor {
            // It shows another role's pair under the source's name.
            for suffix in ["key", "pub"] {
                let place = "\(copy)/\(Topology.ingestor).\(suffix)"
                try FileManager.default.removeItem(atPath: place)
                try FileManager.default.copyItem(atPath: "\(copy)/\(role).\(suffix)", toPath: place)
            }
        }
        try rotate(Topology.ingestor)
        try retire(Topology.ingestor)
        var impostor: ServiceBus? = try ServiceBus(town.context(Topology.ingestor, keys: copy))
        let friend = try Follower(town, Topology.executor)
        var rounds = 0
        try run(try #require(impostor), [friend], "") { heard, asked in
            if heard[0] || !asked.isEmpty { Issue.record("the impostor is heard, or asked") }
            rounds += 1
            return rounds >= 400
        }
        impostor = nil
        let source = try successor()
        try run(source, [friend], "the right one is found") { heard, _ in heard[0] }
    }

    @Test("A folder that cannot be read changes nobody's rights")
    func unreadable() throws {
        let source = try ServiceBus(town.context(Topology.ingestor))
        let friend = try Follower(town, Topology.executor)
        try run(source, [friend], "it is heard") { heard, _ in heard[0] }
        try FileManager.default.moveItem(atPath: town.ring.folder, toPath: town.folder + "/elsewhere")
        try source.refreshKeys()
        try friend.bus?.refreshKeys()
        try run(source, [friend], "it is heard all the same") { heard, asked in heard[0] && !asked.isEmpty }
        #expect(source.context.health.lastError?.text.contains("keys cannot be read") == true)
    }
}
