import Foundation
import Glibc
import Schema
import Testing

@testable import Bus

@Suite("CURVE", .timeLimit(.minutes(20)))
struct CurveTests {
    /// A secured publisher and those who try to follow it.
    private struct House {
        let context: ZMQContext
        let server: CurveKeys
        let friend: CurveKeys
        let authenticator: Authenticator
        let publisher: LogPublisher

        init(_ wire: Wire) throws {
            context = try ZMQContext()
            server = try CurveKeys.generate()
            friend = try CurveKeys.generate()
            authenticator = try Authenticator(context: context, allowed: [friend.publicKey])
            let endpoint = try wire.endpoint()
            publisher = try LogPublisher(
                context: context, endpoint: endpoint, recovery: wire == .tcp ? endpoint : nil, run: 7,
                security: ServerSecurity(keys: server, authenticator: authenticator))
        }

        func subscriber(_ security: ClientSecurity?) throws -> LogSubscriber {
            // Of another context, as another process has.
            try LogSubscriber(
                context: ZMQContext(), endpoints: EndpointList([publisher.endpoint]),
                recovery: .at(EndpointList([publisher.recoveryEndpoint])), security: security)
        }

        /// Waits until so many subscriptions live, while a subscriber does what it is told only when it is looked at.
        func expect(subscriptions count: Int, _ subscriber: LogSubscriber) throws {
            var inbox = Inbox()
            for _ in 0..<4000 {
                try subscriber.drain(into: &inbox)
                _ = try publisher.waitForSubscriptions(.max, timeout: .milliseconds(5))
                if publisher.subscriptions == count { return }
            }
            #expect(publisher.subscriptions == count)
        }

        /// Expects that `stranger`, who has tried to connect, hears and says nothing, while a friend does both.
        func expectRefused(
            _ stranger: LogSubscriber, beside known: LogSubscriber? = nil, after isOver: () -> Bool = { true }
        ) throws {
            try stranger.request(.acknowledge(consumer: "stranger", upTo: .start))
            let friend = try known ?? subscriber(ClientSecurity(keys: friend, server: server.publicKey))
            #expect(try publisher.waitForSubscriptions(1, timeout: limit))
            var requests: [LogPublisher.Request] = []
            var refused: [BusError] = []
            var inbox = Inbox()
            var rounds = 0
            let poller = Poller(subscribers: [stranger, friend], publisher: publisher)
            // At least once at each of the two sockets.
            while try inbox.items.count < 50 || requests.isEmpty || publisher.refusedConnections() < 2 || !isOver() {
                rounds += 1
                try #require(rounds < 20_000)
                try publisher.heartbeat(head: .start, sentTime: UnixNanos(0))
                try friend.request(.acknowledge(consumer: "friend", upTo: .start))
                let readiness = try poller.wait(timeout: limit)
                #expect(!readiness.hasItems(subscriber: 0))
                if readiness.hasItems(subscriber: 1) { try friend.drain(into: &inbox) }
                try publisher.receiveRequests(into: &requests, refused: &refused)
            }
            #expect(publisher.subscriptions == 1)
            let names = Set(
                requests.map { request in
                    switch request.request {
                    case .acknowledge(let consumer, _), .batches(let consumer, _, _): consumer
                    }
                })
            #expect(names == ["friend"])
            var nothing = Inbox()
            #expect(try stranger.drain(into: &nothing) == 0 && nothing.isEmpty)
        }
    }

    @Test("This libzmq can encrypt")
    func available() { #expect(ZMQContext.hasCurve) }

    @Test("Who has a key on the list reads and asks", arguments: [Wire.ipc, .tcp])
    func friend(wire: Wire) throws {
        let house = try House(wire)
        let subscriber = try house.subscriber(ClientSecurity(keys: house.friend, server: house.server.publicKey))
        #expect(try house.publisher.waitForSubscriptions(1, timeout: limit))
        try house.publisher.publish(Samples.batch(1), sentTime: UnixNanos(0))
        try subscriber.request(.batches(consumer: "c", after: .start, limit: 1))
        let poller = Poller(subscribers: [subscriber], publisher: house.publisher)
        var inbox = Inbox()
        var requests: [LogPublisher.Request] = []
        var refused: [BusError] = []
        while inbox.items.count < 3 || inbox.pages.isEmpty {
            let readiness = try poller.wait(timeout: limit)
            try #require(!readiness.isTimeout)
            if readiness.hasItems(subscriber: 0) { try subscriber.drain(into: &inbox) }
            if readiness.hasRequests {
                try house.publisher.receiveRequests(into: &requests, refused: &refused)
                for request in requests {
                    try house.publisher.reply(
                        to: request.peer, RecoveryPage(batches: [], head: .start), sentTime: UnixNanos(0))
                }
                requests = []
            }
        }
        #expect(house.authenticator.deniedCount == 0)
        #expect(try house.publisher.refusedConnections() == 0)
    }

    @Test("Who has a key that is not on the list is denied, and counted", arguments: [Wire.ipc, .tcp])
    func unlisted(wire: Wire) throws {
        let house = try House(wire)
        let stranger = try house.subscriber(
            ClientSecurity(keys: CurveKeys.generate(), server: house.server.publicKey))
        try house.expectRefused(stranger) { house.authenticator.deniedCount >= 2 }
    }

    @Test("Who has no key is let in nowhere, and counted", arguments: [Wire.ipc, .tcp])
    func keyless(wire: Wire) throws {
        let house = try House(wire)
        try house.expectRefused(try house.subscriber(nil))
    }

    @Test("Who expects another server is not served, and counted", arguments: [Wire.ipc, .tcp])
    func wrongServer(wire: Wire) throws {
        let house = try House(wire)
        try house.expectRefused(
            try house.subscriber(ClientSecurity(keys: house.friend, server: CurveKeys.generate().publicKey)))
    }

    @Test("A subscriber with a key hears nothing from a publisher without")
    func openPublisher() throws {
        let context = try ZMQContext()
        let publisher = try LogPublisher(context: context, endpoint: Wire.ipc.endpoint(), run: 1)
        let careful = try LogSubscriber(
            context: context, endpoints: EndpointList([publisher.endpoint]),
            security: ClientSecurity(keys: CurveKeys.generate(), server: CurveKeys.generate().publicKey))
        let careless = try LogSubscriber(context: context, endpoints: EndpointList([publisher.endpoint]))
        #expect(try publisher.waitForSubscriptions(1, timeout: limit))
        let poller = Poller(subscribers: [careful, careless])
        var inbox = Inbox()
        while inbox.items.count < 50 {
            try publisher.heartbeat(head: .start, sentTime: UnixNanos(0))
            let readiness = try poller.wait(timeout: limit)
            #expect(!readiness.hasItems(subscriber: 0))
            try careless.drain(into: &inbox)
        }
        #expect(publisher.subscriptions == 1)
    }

    @Test("Without an authenticator nobody is let in, not even with a key on the list")
    func failsClosed() throws {
        let house = try House(.ipc)
        house.authenticator.stop()
        let friend = try house.subscriber(ClientSecurity(keys: house.friend, server: house.server.publicKey))
        #expect(try !house.publisher.waitForSubscriptions(1, timeout: .milliseconds(300)))
        withExtendedLifetime(friend) {}
    }

    @Test("Who was refused gets in without another start, once the key is on the list", arguments: [Wire.ipc, .tcp])
    func refusedFirst(wire: Wire) throws {
        let house = try House(wire)
        let late = try CurveKeys.generate()
        let subscriber = try house.subscriber(ClientSecurity(keys: late, server: house.server.publicKey))
        while house.authenticator.deniedCount < 2 { usleep(1000) }
        house.authenticator.allow([late.publicKey])
        try house.expect(subscriptions: 1, subscriber)
    }

    @Test("Opening anew cuts off who is allowed no longer, and the others come back", arguments: [Wire.ipc, .tcp])
    func reopen(wire: Wire) throws {
        let house = try House(wire)
        let former = try CurveKeys.generate()
        house.authenticator.allow([former.publicKey, house.friend.publicKey])
        let cut = try house.subscriber(ClientSecurity(keys: former, server: house.server.publicKey))
        let stays = try house.subscriber(ClientSecurity(keys: house.friend, server: house.server.publicKey))
        #expect(try house.publisher.waitForSubscriptions(2, timeout: limit))
        house.authenticator.allow([house.friend.publicKey])
        try house.publisher.reopen()
        // libzmq ends connections in the background.
        usleep(100_000)
        try house.expect(subscriptions: 1, stays)
        try house.expectRefused(cut, beside: stays) { house.authenticator.deniedCount >= 2 }
    }

    @Test(
        "A subscriber goes over to another of its publisher's keys, and back, and hears again",
        arguments: [Wire.ipc, .tcp])
    func otherServer(wire: Wire) throws {
        let house = try House(wire)
        let wrong = try CurveKeys.generate().publicKey
        let subscriber = try house.subscriber(
            ClientSecurity(keys: house.friend, servers: [wrong, house.server.publicKey]))
        #expect(try !house.publisher.waitForSubscriptions(1, timeout: .milliseconds(200)))
        #expect(try subscriber.accept([wrong, house.server.publicKey], next: true))
        #expect(try house.publisher.waitForSubscriptions(1, timeout: limit))
        try subscriber.request(.acknowledge(consumer: "c", upTo: .start))
        var (requests, refused): ([LogPublisher.Request], [BusError]) = ([], [])
        let poller = Poller(subscribers: [subscriber], publisher: house.publisher)
        while requests.isEmpty {
            try #require(try !poller.wait(timeout: limit).isTimeout)
            try house.publisher.receiveRequests(into: &requests, refused: &refused)
        }
        // Heard, so it stays; and one whose key does not count any more is left at once.
        #expect(try !subscriber.accept([wrong, house.server.publicKey], next: false))
        #expect(try subscriber.accept([wrong], next: false))
        try house.expect(subscriptions: 0, subscriber)
        #expect(try subscriber.accept([house.server.publicKey], next: false))
        try house.expect(subscriptions: 1, subscriber)
    }

    @Test("A key put on the list later is let in")
    func allowedLater() throws {
        let house = try House(.ipc)
        let late = try CurveKeys.generate()
        house.authenticator.allow([late.publicKey])
        let subscriber = try house.subscriber(ClientSecurity(keys: late, server: house.server.publicKey))
        #expect(try house.publisher.waitForSubscriptions(1, timeout: limit))
        withExtendedLifetime(subscriber) {}
    }

    @Test("Two roles of a key ring talk to each other, and one that is not on the list is refused")
    func roles() throws {
        let ring = KeyRing(folder: try Samples.folder().path)
        for role in ["ingestor", "feature-builder", "trainer"] { try ring.create(role) }
        try ring.setAllowed(["feature-builder"], by: "ingestor")
        let context = try ZMQContext()
        let secured = try RoleSecurity(context: context, ring: ring, role: "ingestor")
        let publisher = try LogPublisher(
            context: context, endpoint: Wire.ipc.endpoint(), run: 1, security: secured.server)
        for (role, isAllowed) in [("trainer", false), ("feature-builder", true)] {
            let context = try ZMQContext()
            let client = try RoleSecurity(context: context, ring: ring, role: role)
            let subscriber = try LogSubscriber(
                context: context, endpoints: EndpointList([publisher.endpoint]), recovery: .none,
                security: client.client(of: "ingestor"))
            while secured.authenticator.deniedCount == 0, !isAllowed {
                #expect(try !publisher.waitForSubscriptions(1, timeout: .milliseconds(1)))
            }
            if isAllowed { #expect(try publisher.waitForSubscriptions(1, timeout: limit)) }
            withExtendedLifetime(subscriber) {}
        }
    }

    @Test("A context has one authenticator")
    func oneAuthenticator() throws {
        let context = try ZMQContext()
        let first = try Authenticator(context: context, allowed: [])
        #expect(throws: BusError.addressInUse(endpoint: "inproc://zeromq.zap.01")) {
            try Authenticator(context: context, allowed: [])
        }
        withExtendedLifetime(first) {}
    }

    @Test("Nothing that prints keys prints the secret")
    func secrecy() throws {
        let keys = try CurveKeys.generate()
        var dumped = ""
        dump(keys, to: &dumped)
        dump(ClientSecurity(keys: keys, server: keys.publicKey), to: &dumped)
        for text in ["\(keys)", keys.debugDescription, String(reflecting: [keys]), dumped] {
            #expect(text.contains(keys.publicKey.text))
            #expect(!text.contains(keys.secret))
        }
    }
}

@Suite("Key ring")
struct KeyRingTests {
    @Test("Keys are made once, found again, and only their owner may read the secret")
    func files() throws {
        let ring = KeyRing(folder: try Samples.folder().path + "/keys")
        let keys = try ring.create("risk-gate")
        #expect(try ring.keys(of: "risk-gate") == keys)
        #expect(try ring.publicKey(of: "risk-gate") == keys.publicKey)
        #expect(throws: BusError.key(role: "risk-gate", reason: "exists already")) { try ring.create("risk-gate") }
        #expect(try ring.roles() == ["risk-gate"])
        let attributes = try FileManager.default.attributesOfItem(atPath: ring.folder + "/risk-gate.key")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let text = try String(contentsOfFile: ring.folder + "/risk-gate.pub", encoding: .utf8)
        #expect(text == keys.publicKey.text + "\n")
        #expect(!text.contains(keys.secret))
    }

    @Test("A secret that others may read is refused")
    func permissions() throws {
        let ring = KeyRing(folder: try Samples.folder().path)
        try ring.create("executor")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: ring.folder + "/executor.key")
        #expect(
            throws: BusError.key(role: "executor", reason: "others may read the secret; its mode must be 600")
        ) { try ring.keys(of: "executor") }
    }

    @Test("Without a list all roles in the folder may connect; with one, those on it")
    func allowList() throws {
        let ring = KeyRing(folder: try Samples.folder().path)
        let keys = try ["a", "b", "c"].map { try ring.create($0).publicKey }
        #expect(try ring.allowed(by: "a") == Set(keys))
        try ring.setAllowed(["b"], by: "a")
        #expect(try ring.allowed(by: "a") == [keys[1]])
        try ring.setAllowed([], by: "a")
        #expect(try ring.allowed(by: "a").isEmpty)
        #expect(try ring.allowed(by: "b") == Set(keys))
    }

    @Test("What is no role, or no key, is refused", arguments: ["", "../x", "A", "a b", "a/b"])
    func roles(role: String) throws {
        let ring = KeyRing(folder: try Samples.folder().path)
        #expect(throws: BusError.self) { try ring.create(role) }
        #expect(throws: BusError.self) { try ring.keys(of: role) }
        #expect(throws: BusError.self) { try ring.publicKey(of: role) }
    }

    @Test("A damaged key file is refused and not quoted")
    func damaged() throws {
        let ring = KeyRing(folder: try Samples.folder().path)
        try ring.create("a")
        let handle = try #require(FileHandle(forWritingAtPath: ring.folder + "/a.key"))
        try handle.write(contentsOf: Data("not a key at all".utf8))
        try handle.truncate(atOffset: 16)
        let error = #expect(throws: BusError.self) { try ring.keys(of: "a") }
        #expect(!String(reflecting: error).contains("not a key at all"))
    }
}
