import Foundation
import Schema
import Testing

@testable import Bus

@Suite("Log over real sockets", .timeLimit(.minutes(20)))
struct LogTests {
    @Test("A batch arrives in order with its watermark, and a heartbeat behind it", arguments: Wire.allCases)
    func batchArrives(wire: Wire) throws {
        let pair = try Pair(wire, context: ZMQContext())
        let batch = try Samples.batch(1, entries: 3)
        try pair.publisher.publish(batch, sentTime: UnixNanos(42))
        try pair.publisher.heartbeat(head: batch.watermark.position, sentTime: UnixNanos(43))
        var inbox = Inbox()
        try pair.receive(into: &inbox) { $0.items.count == 5 }
        #expect(inbox.refused.isEmpty && inbox.pages.isEmpty)
        var assembler = LogBatchAssembler()
        #expect(try inbox.items.compactMap { try assembler.take($0) } == [batch])
        #expect(inbox.items.allSatisfy { $0.envelope.publisher == Shard.whole.run(drawn: 7) })
        guard case .heartbeat(let head, let envelope) = inbox.items.last else {
            Issue.record("no heartbeat")
            return
        }
        #expect(head == batch.watermark.position && envelope.sequence == 1 && envelope.sentTime == UnixNanos(43))
    }

    @Test("A subscriber of one instrument gets that one, the watermarks and the heartbeats", arguments: Wire.allCases)
    func filter(wire: Wire) throws {
        let topic = Topic(.candle, Samples.bitcoin, .minute1)
        let pair = try Pair(wire, context: ZMQContext(), topics: [topic.description])
        let entries = try [Samples.bitcoin, Samples.ether, Samples.bitcoin].enumerated().map { index, instrument in
            LogEntry(
                event: Event(
                    position: FeedPosition(UInt64(index) + 1),
                    .candle(try Samples.candle(minute: 0, instrument: instrument))),
                sequence: 1, ordinal: UInt32(index))
        }
        let watermark = Watermark(position: FeedPosition(4), previous: .start, time: UnixNanos(0))
        try pair.publisher.publish(
            LogBatch(entries: entries, watermark: watermark, number: 1), sentTime: UnixNanos(0))
        try pair.publisher.heartbeat(head: FeedPosition(4), sentTime: UnixNanos(0))
        var inbox = Inbox()
        try pair.receive(into: &inbox) {
            if case .heartbeat = $0.items.last { true } else { false }
        }
        #expect(inbox.items.map(\.envelope.kind) == [1, 1, 4, Envelope.heartbeatKind])
        #expect(inbox.items.map(\.envelope.ordinal) == [0, 2, 3, 0])
    }

    @Test("A drain takes no more than its limit and leaves the rest")
    func drainLimit() throws {
        let pair = try Pair(.inproc, context: ZMQContext())
        for number in UInt64(1)...10 { try pair.publisher.publish(Samples.batch(number), sentTime: UnixNanos(0)) }
        var inbox = Inbox()
        while try pair.subscriber.drain(limit: 7, into: &inbox) == 0 { _ = try pair.poller.wait(timeout: limit) }
        #expect(inbox.items.count == 7)
        try pair.receive(into: &inbox) { $0.items.count == 30 }
        #expect(inbox.items.map(\.envelope.ordinal) == Array(repeating: [0, 1, 2], count: 10).flatMap(\.self))
        inbox.removeAll()
        #expect(inbox.isEmpty)
    }

    @Test("Messages that cannot be read are refused one by one, and those between them arrive")
    func refusedBetween() throws {
        let context = try ZMQContext()
        let endpoint = try Wire.ipc.endpoint()
        let socket = try ZMQSocket(context, .xpub, SocketOptions())
        try socket.bind(endpoint)
        let subscriber = try LogSubscriber(
            context: context, endpoints: EndpointList([endpoint]), recovery: .none)
        #expect(try socket.wait(milliseconds: limit.milliseconds))
        var encoder = FrameEncoder(publisher: 1)
        let good = try encoder.frames(of: Samples.batch(1).entries[0], sentTime: UnixNanos(0))
        try socket.send([1, 2, 3], more: false)
        try socket.send(good)
        for more in [true, true, true, false] { try socket.send([9], more: more) }
        try socket.send(good.topic, more: true)
        try socket.send(good.envelope.bytes, more: true)
        try socket.send([0xFF], more: false)
        try socket.send(good)
        let poller = Poller(subscribers: [subscriber])
        var inbox = Inbox()
        while inbox.items.count + inbox.refused.count < 5 {
            try #require(try poller.wait(timeout: limit).hasItems(subscriber: 0))
            try subscriber.drain(into: &inbox)
        }
        #expect(inbox.items.count == 2)
        #expect(inbox.refused.prefix(2) == [.malformed(.frameCount(1)), .malformed(.frameCount(4))])
        guard case .payload = inbox.refused.last else {
            Issue.record("\(inbox.refused)")
            return
        }
    }

    @Test("A subscriber of two publishers hears both and asks both", arguments: Wire.allCases)
    func twoPublishers(wire: Wire) throws {
        let context = try ZMQContext()
        let publishers = try (UInt64(1)...2).map { run in
            let endpoint = try wire.endpoint()
            return try LogPublisher(
                context: context, endpoint: endpoint, recovery: wire == .tcp ? endpoint : nil, run: run)
        }
        let subscriber = try LogSubscriber(
            context: context, endpoints: EndpointList(publishers.map(\.endpoint)),
            recovery: .at(EndpointList(publishers.map(\.recoveryEndpoint))))
        for publisher in publishers {
            #expect(try publisher.waitForSubscriptions(1, timeout: limit))
            try publisher.heartbeat(head: FeedPosition(publisher.run), sentTime: UnixNanos(0))
        }
        #expect(try subscriber.request(.acknowledge(consumer: "c", upTo: FeedPosition(3))) == 2)
        let poller = Poller(subscribers: [subscriber])
        var inbox = Inbox()
        while inbox.items.count < 2 {
            try #require(try poller.wait(timeout: limit).hasItems(subscriber: 0))
            try subscriber.drain(into: &inbox)
        }
        #expect(Set(inbox.items.map(\.envelope.publisher)) == Set([1, 2].map(Shard.whole.run(drawn:))))
        for publisher in publishers {
            let poller = Poller(subscribers: [], publisher: publisher)
            try #require(try poller.wait(timeout: limit).hasRequests)
            var requests: [LogPublisher.Request] = []
            var refused: [BusError] = []
            try publisher.receiveRequests(into: &requests, refused: &refused)
            #expect(requests.map(\.request) == [.acknowledge(consumer: "c", upTo: FeedPosition(3))])
        }
    }

    @Test("After a refresh, an address that is new is followed and asked, and one that is gone is left")
    func refresh() throws {
        let context = try ZMQContext()
        let wildcard = try Endpoint(parsing: "tcp://0.0.0.0:*")
        let publishers = try (UInt64(1)...2).map { run in
            // Both at the same two ports, of 127.0.0.1 and 127.0.0.2, as two containers of one service have.
            try LogPublisher(context: context, endpoint: wildcard, recovery: wildcard, run: run)
        }
        // Names map to addresses only, so each publisher gets a name of its own in a list of two ports.
        let ports = publishers.compactMap(\.endpoint.port)
        let list = try EndpointList(parsing: "tcp://first:\(ports[0]),tcp://second:\(ports[1])")
        let resolver = FakeResolver(["first": ["127.0.0.1", "127.0.0.2"], "second": []])
        let subscriber = try LogSubscriber(context: context, endpoints: list, recovery: .none, resolver: resolver)
        #expect(subscriber.connections.map(\.address) == ["127.0.0.1", "127.0.0.2"])
        // Two addresses of one machine, so the first publisher is subscribed to twice.
        #expect(try publishers[0].waitForSubscriptions(2, timeout: limit))

        resolver.set("first", ["127.0.0.1"])
        resolver.set("second", ["127.0.0.1"])
        let change = try subscriber.refresh()
        #expect(change.connected.map(\.description) == ["tcp://127.0.0.1:\(ports[1])"])
        #expect(change.disconnected.map(\.description) == ["tcp://127.0.0.2:\(ports[0])"])
        #expect(try publishers[1].waitForSubscriptions(1, timeout: limit))
        // A socket leaves while it is used.
        var nothing = Inbox()
        while publishers[0].subscriptions > 1 {
            try subscriber.drain(into: &nothing)
            _ = try publishers[0].waitForDepartures(downTo: 1, timeout: .milliseconds(1))
        }
        #expect(try subscriber.refresh() == LogSubscriber.Change(connected: [], disconnected: []))

        for publisher in publishers { try publisher.heartbeat(head: .start, sentTime: UnixNanos(0)) }
        let poller = Poller(subscribers: [subscriber])
        var inbox = Inbox()
        while inbox.items.count < 2 {
            try #require(try poller.wait(timeout: limit).hasItems(subscriber: 0))
            try subscriber.drain(into: &inbox)
        }
        #expect(Set(inbox.items.map(\.envelope.publisher)) == Set([1, 2].map(Shard.whole.run(drawn:))))
    }

    @Test("After a refresh, the poller watches the sockets of new addresses too")
    func refreshedInquiry() throws {
        let context = try ZMQContext()
        let wildcard = try Endpoint(parsing: "tcp://127.0.0.1:*")
        let publisher = try LogPublisher(context: context, endpoint: wildcard, recovery: wildcard, run: 1)
        let data = try #require(publisher.endpoint.port), recovery = try #require(publisher.recoveryEndpoint.port)
        let resolver = FakeResolver(["a": [], "b": []])
        let subscriber = try LogSubscriber(
            context: context, endpoints: EndpointList(parsing: "tcp://a:\(data)"),
            recovery: .at(EndpointList(parsing: "tcp://b:\(recovery)")), resolver: resolver)
        let poller = Poller(subscribers: [subscriber], publisher: publisher)
        #expect(try poller.wait(timeout: .zero).isTimeout)
        #expect(try subscriber.request(.acknowledge(consumer: "c", upTo: .start)) == 0)
        resolver.set("b", ["127.0.0.1"])
        try subscriber.refresh()
        #expect(try subscriber.request(.batches(consumer: "c", after: .start, limit: 1)) == 1)
        try #require(try poller.wait(timeout: limit).hasRequests)
        var requests: [LogPublisher.Request] = []
        var refused: [BusError] = []
        try publisher.receiveRequests(into: &requests, refused: &refused)
        try publisher.reply(to: requests[0].peer, RecoveryPage(batches: [], head: .start), sentTime: UnixNanos(0))
        try #require(try poller.wait(timeout: limit).hasItems(subscriber: 0))
        var inbox = Inbox()
        try subscriber.drain(into: &inbox)
        #expect(inbox.pages.count == 1)
    }

    @Test("A waker ends a wait from another thread, once for any number of calls before it")
    func waker() async throws {
        let waker = try Waker()
        async let ended: Bool = Task.detached {
            try Poller(subscribers: [], waker: waker).wait(timeout: limit).wasWoken
        }.value
        waker.wake()
        waker.wake()
        #expect(try await ended)
        let poller = Poller(subscribers: [], waker: waker)
        waker.wake()
        waker.wake()
        #expect(try poller.wait(timeout: limit).wasWoken)
        #expect(try poller.wait(timeout: .zero).isTimeout)
    }

    @Test("A publisher that comes back is found again, and hears what was asked meanwhile")
    func reconnect() throws {
        let context = try ZMQContext()
        let endpoint = try Wire.ipc.endpoint()
        let subscriber = try LogSubscriber(context: context, endpoints: EndpointList([endpoint]))
        #expect(try subscriber.request(.batches(consumer: "c", after: FeedPosition(2), limit: 5)) == 1)
        for run in UInt64(1)...2 {
            let publisher = try successor { () throws(BusError) in
                try LogPublisher(context: context, endpoint: endpoint, run: run)
            }
            // A subscription is made again by the subscriber's own thread.
            var nothing = Inbox()
            while try !publisher.waitForSubscriptions(1, timeout: .milliseconds(1)) {
                try subscriber.drain(into: &nothing)
            }
            try publisher.heartbeat(head: .start, sentTime: UnixNanos(0))
            let poller = Poller(subscribers: [subscriber])
            try #require(try poller.wait(timeout: limit).hasItems(subscriber: 0))
            var inbox = Inbox()
            try subscriber.drain(into: &inbox)
            #expect(inbox.items.map(\.envelope.publisher) == [Shard.whole.run(drawn: run)])
            guard run == 1 else { return }
            try #require(try Poller(subscribers: [], publisher: publisher).wait(timeout: limit).hasRequests)
        }
    }
}
