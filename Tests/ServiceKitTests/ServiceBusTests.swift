import Bus
import Configuration
import Foundation
import Logging
import Pipeline
import Schema
import TestKit
import Testing

@testable import ServiceKit

@Suite("Service bus", .timeLimit(.minutes(20)))
struct ServiceBusTests {
    private let town: Town

    init() throws { town = try Town() }

    @Test("A consumer with its keys hears its source and is answered", arguments: [true, false])
    func consumer(isSecured: Bool) throws {
        let source = try ServiceBus(town.context(Topology.ingestor, keys: isSecured ? town.ring.folder : nil))
        let consumer = try ServiceBus(town.context(Topology.featureBuilder, keys: isSecured ? town.ring.folder : nil))
        let subscriber = try consumer.subscriber(of: Topology.ingestor)
        try #require(try source.publisher.waitForSubscriptions(1, timeout: limit))
        try source.publish(Town.batch)
        try subscriber.request(.batches(consumer: Topology.featureBuilder, after: .start, limit: 1))
        let poller = Poller(subscribers: [subscriber], publisher: source.publisher)
        var inbox = Bus.Inbox()
        while inbox.items.isEmpty || inbox.pages.isEmpty {
            let readiness = try poller.wait(timeout: limit)
            try #require(!readiness.isTimeout)
            for request in try source.requests() {
                #expect(request == .batches(consumer: Topology.featureBuilder, after: .start, limit: 1))
                try source.reply(to: Topology.featureBuilder, RecoveryPage(batches: [Town.batch], head: Town.head))
            }
            try subscriber.drain(into: &inbox)
        }
        #expect(inbox.pages[0].page == RecoveryPage(batches: [Town.batch], head: Town.head))
        #expect(try source.publisher.refusedConnections() == 0)
    }

    /// Who should not be let in by the ingestor.
    enum Stranger: CaseIterable {
        /// Its keys are known, but it does not listen to the ingestor.
        case noConsumer
        case inTheClear
        /// A consumer's name with a key made elsewhere.
        case impostor
    }

    @Test(
        "Whoever is no consumer with its own keys hears nothing, is not heard, and is counted",
        arguments: Stranger.allCases)
    func stranger(_ kind: Stranger) throws {
        let source = try ServiceBus(town.context(Topology.ingestor))
        let stranger: ServiceBus
        switch kind {
        case .noConsumer: stranger = try ServiceBus(town.context(Topology.riskGate))
        case .inTheClear: stranger = try ServiceBus(town.context(Topology.riskGate, keys: nil))
        case .impostor:
            // It knows whom it talks to, for public keys are public; its own was made elsewhere.
            let ring = KeyRing(folder: town.folder + "/elsewhere")
            try ring.create(Topology.featureBuilder)
            for name in Topology.services where name != Topology.featureBuilder {
                try FileManager.default.copyItem(
                    atPath: "\(town.ring.folder)/\(name).pub", toPath: "\(ring.folder)/\(name).pub")
            }
            stranger = try ServiceBus(town.context(Topology.featureBuilder, keys: ring.folder))
        }
        let friend = try ServiceBus(town.context(Topology.executor))
        let refused = try stranger.subscriber(of: Topology.ingestor)
        let heard = try friend.subscriber(of: Topology.ingestor)
        try refused.request(.acknowledge(consumer: "stranger", upTo: .start))
        try heard.request(.acknowledge(consumer: "friend", upTo: .start))
        let poller = Poller(subscribers: [refused, heard], publisher: source.publisher)
        var asked: [RecoveryRequest] = []
        var inbox = Bus.Inbox()
        var rounds = 0
        // At least once at each of the two sockets.
        while try inbox.items.count < 50 || asked.isEmpty || source.publisher.refusedConnections() < 2 {
            rounds += 1
            try #require(rounds < 4000)
            try source.heartbeat(head: .start)
            let readiness = try poller.wait(timeout: .milliseconds(5))
            try #require(!readiness.hasItems(subscriber: 0))
            asked += try source.requests()
            try heard.drain(into: &inbox)
        }
        #expect(asked == [.acknowledge(consumer: "friend", upTo: .start)])
        #expect(source.publisher.subscriptions == 1)
    }

    @Test("A stage with keys asks its source; one in the clear is refused, and the source's metrics say so")
    func stage() async throws {
        let database = try await PostgresFixture.database()
        let town = town
        let stop = StopFlag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, isSecured) in [(Topology.featureBuilder, true), (Topology.executor, false)] {
                let context = try town.context(name, keys: isSecured ? town.ring.folder : nil, database: database)
                group.addTask {
                    try await DedicatedThread.run(named: name) {
                        let host = StageHost(context: context) { Silence() }
                        let claim = try #require(try ShardClaim.take(context, stop: stop))
                        try StageThread(host: host, claim: claim, waker: Waker(), stop: stop).run()
                    }
                }
            }
            group.addTask {
                try await DedicatedThread.run(named: Topology.ingestor) {
                    defer { stop.raise() }
                    let context = try town.context(Topology.ingestor, database: database)
                    let source = try ServiceBus(context)
                    let poller = Poller(subscribers: [], publisher: source.publisher)
                    var consumers: Set<String> = []
                    var rounds = 0
                    while try consumers.isEmpty || source.publisher.refusedConnections() < 2 {
                        rounds += 1
                        try #require(rounds < 4000)
                        _ = try poller.wait(timeout: .milliseconds(5))
                        for case .acknowledge(let consumer, _) in try source.requests() { consumers.insert(consumer) }
                    }
                    #expect(consumers == [Topology.featureBuilder])
                    try source.reportStatus(context.session(), position: .start)
                    let line = try #require(
                        context.metrics.exposition(at: UnixNanos(0)).split(separator: "\n")
                            .first { $0.hasPrefix("tidegate_bus_refused_connections_total ") })
                    #expect(Int(line.split(separator: " ")[1]).map { $0 >= 2 } == true)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("A service listens where bus.listen says, whatever others are told of its place")
    func listening() throws {
        let bus = try ServiceBus(
            town.context(
                Topology.ingestor, keys: nil,
                more: [
                    ["bus", "listen"]: "tcp://127.0.0.1:*",
                    ["bus", "endpoint", "ingestor"]: "tcp://nowhere.invalid:7000",
                ]))
        #expect(bus.publisher.endpoint.description.hasPrefix("tcp://127.0.0.1:"))
    }

    @Test("Keys that cannot be used are a mistake in the settings, told in one line")
    func unusableKeys() throws {
        let path = town.ring.folder + "/ingestor.key"
        let files = FileManager.default
        let context = try town.context(Topology.ingestor)
        func expect(_ text: String) { #expect(throws: SettingError(text)) { try ServiceBus(context) } }
        try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        expect("bus.keys: the key of ingestor: others may read the secret; its mode must be 600")
        try files.removeItem(atPath: path)
        expect("bus.keys: \(path): No such file or directory")
        try files.copyItem(atPath: town.ring.folder + "/executor.key", toPath: path)
        expect("bus.keys: the key of ingestor: does not belong to the public key")
        let bus = try ServiceBus(town.context(Topology.featureBuilder))
        let source = town.ring.folder + "/ingestor.pub"
        try files.removeItem(atPath: source)
        #expect(throws: SettingError("bus.keys: \(source): No such file or directory")) {
            try bus.subscriber(of: Topology.ingestor)
        }
    }
}

/// A stage that makes nothing of what it gets.
private struct Silence: Stage {
    struct State: Codable, Sendable {}

    var state: State { State() }
    mutating func restore(_ state: State) {}
    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {}
}

/// How long a test waits for what must come; far more than it takes.
private let limit = Duration.seconds(20)
