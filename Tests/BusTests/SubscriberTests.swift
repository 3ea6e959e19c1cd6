import Schema
import Testing

@testable import Bus

@Suite("Typed subscriber", .timeLimit(.minutes(20)))
struct SubscriberTests {
    /// A publisher of a log and the events of a subscriber that has joined it.
    private func joined(
        _ wire: Wire, capacity: Int = 1000, topics: [String] = []
    ) throws -> (LogPublisher, BusEvents.AsyncIterator) {
        let context = try ZMQContext()
        let endpoint = try wire.endpoint()
        let publisher = try LogPublisher(
            context: context, endpoint: endpoint, recovery: wire == .tcp ? endpoint : nil, run: 1)
        let events = Subscriber(
            context: context, endpoints: EndpointList([publisher.endpoint]), topics: topics, capacity: capacity
        ).events().makeAsyncIterator()
        let count = LogSubscriber.subscriptions(to: topics).count
        #expect(try publisher.waitForSubscriptions(count, timeout: limit))
        return (publisher, events)
    }

    @Test("Messages, watermarks and heartbeats arrive in order", arguments: Wire.allCases)
    func arrive(wire: Wire) async throws {
        var (publisher, events) = try joined(wire)
        let batch = try Samples.batch(1)
        try publisher.publish(batch, sentTime: UnixNanos(42))
        try publisher.heartbeat(head: batch.watermark.position, sentTime: UnixNanos(42))
        for entry in batch.entries {
            guard case .message(entry, _) = try await events.next() else {
                Issue.record("not \(entry)")
                return
            }
        }
        guard case .watermark(batch.watermark, number: 1, _) = try await events.next(),
            case .heartbeat(head: batch.watermark.position, _) = try await events.next()
        else {
            Issue.record("no watermark or no heartbeat")
            return
        }
    }

    @Test("What was not sent shows as a gap before the message behind it")
    func gap() async throws {
        var (publisher, events) = try joined(.ipc)
        try publisher.publish(Samples.batch(1), sentTime: UnixNanos(0))
        try publisher.publish(Samples.batch(3), sentTime: UnixNanos(0))
        for _ in 0..<3 { _ = try await events.next() }
        let topic = Topic(.candle, Samples.bitcoin, .minute1)
        #expect(try await events.next() == .gap(topic: topic, missing: 3...4))
        for _ in 0..<2 { _ = try await events.next() }
        #expect(try await events.next() == .gap(topic: Topic(.watermark), missing: 2...2))
    }

    @Test("A new run of the publisher shows on each topic")
    func restart() async throws {
        let context = try ZMQContext()
        let endpoint = try Wire.ipc.endpoint()
        var events = Subscriber(context: context, endpoints: EndpointList([endpoint])).events().makeAsyncIterator()
        for run in UInt64(1)...2 {
            let publisher = try successor { () throws(BusError) in
                try LogPublisher(context: context, endpoint: endpoint, run: run)
            }
            #expect(try publisher.waitForSubscriptions(1, timeout: limit))
            try publisher.publish(Samples.batch(run), sentTime: UnixNanos(0))
            if run == 2 {
                let topic = Topic(.candle, Samples.bitcoin, .minute1)
                #expect(try await events.next() == .restarted(topic: topic))
            }
            for _ in 0..<2 {
                guard case .message(_, let envelope) = try await events.next() else {
                    Issue.record("no message")
                    return
                }
                #expect(envelope.publisher == Shard.whole.run(drawn: run))
            }
            if run == 2 { #expect(try await events.next() == .restarted(topic: Topic(.watermark))) }
            guard case .watermark = try await events.next() else {
                Issue.record("no watermark")
                return
            }
        }
    }

    @Test("A consumer that falls a full buffer behind gets what is buffered and then an error")
    func tooSlow() async throws {
        var (publisher, events) = try joined(.inproc, capacity: 50)
        // The subscriber leaves at the overflow, and that ends its subscription.
        var number: UInt64 = 0
        while publisher.subscriptions > 0 {
            number += 1
            try publisher.publish(Samples.batch(number), sentTime: UnixNanos(0))
            _ = try publisher.waitForDepartures(downTo: 0, timeout: .milliseconds(1))
        }
        var received = 0
        do {
            while try await events.next() != nil { received += 1 }
            Issue.record("no error")
        } catch BusError.tooSlow(let buffered) {
            #expect(buffered > 50)
            #expect(received <= 50 && received > 0)
        }
    }

    @Test("A consumer that keeps up takes far more than the buffer holds")
    func keepsUp() async throws {
        var (publisher, events) = try joined(.inproc, capacity: 50)
        for number in UInt64(1)...100 {
            try publisher.publish(Samples.batch(number), sentTime: UnixNanos(0))
            for _ in 0..<3 { _ = try await events.next() }
        }
    }

    @Test("A subscriber whose consumer leaves closes its sockets")
    func leaves() throws {
        var events: BusEvents.AsyncIterator?
        let publisher: LogPublisher
        (publisher, events) = try joined(.ipc)
        withExtendedLifetime(events) {}
        events = nil
        #expect(try publisher.waitForDepartures(downTo: 0, timeout: limit))
    }

    @Test("Single messages of a publisher are numbered per topic")
    func singleMessages() async throws {
        let context = try ZMQContext()
        let publisher = try Publisher(context: context, endpoint: Wire.tcp.endpoint(), run: 5)
        var events = Subscriber(context: context, endpoints: EndpointList([publisher.endpoint]), capacity: 1 << 20)
            .events().makeAsyncIterator()
        let candles = try [Samples.bitcoin, Samples.ether].map { try Samples.candle(minute: 0, instrument: $0) }
        // Its subscription cannot be waited for, so what is sent before it is lost and what follows is in order.
        let publishing = Task {
            while !Task.isCancelled {
                for candle in candles {
                    try await publisher.publish(
                        Event(position: FeedPosition(1), .candle(candle)), sentTime: UnixNanos(0))
                }
                await Task.yield()
            }
        }
        defer { publishing.cancel() }
        var last: [Topic: UInt64] = [:]
        for _ in 0..<10 {
            guard case .message(let entry, let envelope) = try await events.next() else {
                Issue.record("no message")
                return
            }
            #expect(envelope.publisher == 5)
            let topic = entry.event.message.topic
            if let before = last[topic] { #expect(entry.sequence == before + 1) }
            last[topic] = entry.sequence
        }
        #expect(last.count == 2)
    }
}
