import HTTP
import Schema
import Testing
import Venues

@Suite("Market data session")
struct MarketDataSessionTests {
    @Test("It connects, subscribes, and is live when the subscriptions are acknowledged")
    func beginning() throws {
        var run = try SessionRun(.numbered, [.depth])
        #expect(run.tell(.started) == [.connect])
        #expect(run.tell(.connected) == [.send(["SUBSCRIBE"])])
        // The snapshot is asked for only now, so that no update falls between it and the stream.
        #expect(requests(run.hear("OK #")).map(\.subject) == [.depth(run.instrument)])
    }

    @Test("A venue that does not acknowledge is left, and tried again after a rest that grows")
    func noAcknowledgement() throws {
        var run = try SessionRun(.numbered, [.trades])
        _ = run.tell(.started)
        var rests: [Duration] = []
        for _ in 0..<8 {
            _ = run.tell(.connected)
            #expect(run.tell(.woken, after: .seconds(9)) == [])
            // Heartbeats are no acknowledgement.
            _ = run.hear("H #")
            #expect(run.tell(.woken, after: .seconds(6)) == [.disconnect])
            _ = run.tell(.disconnected(.cancelled))
            let rest = try #require(run.session.deadline) - run.elapsed
            rests.append(rest)
            #expect(run.tell(.woken, after: rest) == [.connect])
        }
        for (attempt, rest) in rests.enumerated() { #expect(rest <= .milliseconds(500) * (1 << attempt)) }
        #expect(try #require(rests.max()) > .milliseconds(500))
        #expect(run.session.statistics.connections == 8)
    }

    @Test("A server that says how long to wait is not tried before")
    func retryAfter() throws {
        var run = try SessionRun(.numbered, [.trades])
        _ = run.tell(.started)
        _ = run.tell(.disconnected(.notUpgraded(status: 429, retryAfter: .seconds(30))))
        #expect(try #require(run.session.deadline) - run.elapsed >= .seconds(30))
        #expect(run.tell(.woken, after: .seconds(29)) == [])
        #expect(run.session.statistics.failedConnections == 1)
    }

    @Test("A connection that falls silent, or grows too old, is replaced")
    func silenceAndAge() throws {
        var run = try SessionRun(.numbered, [.trades])
        _ = run.begin()
        #expect(!run.tell(.woken, after: .seconds(9)).contains(.disconnect))
        _ = run.hear("H #")
        #expect(run.tell(.woken, after: .seconds(9)) == [])
        #expect(run.tell(.woken, after: .seconds(2)) == [.disconnect])

        run = try SessionRun(.numbered, [.trades])
        _ = run.begin()
        for _ in 0..<450 { _ = run.hear("H #", after: .seconds(8)) }
        #expect(run.tell(.woken).contains(.disconnect))
    }

    @Test("The venue's ping is sent as often as it asks")
    func ping() throws {
        var run = try SessionRun(.numbered, [.trades], ping: .init(frame: "PING", interval: .seconds(4)))
        _ = run.begin()
        #expect(!run.tell(.woken, after: .seconds(3)).contains(.send(["PING"])))
        #expect(run.tell(.woken, after: .seconds(1)).contains(.send(["PING"])))
        #expect(run.tell(.woken, after: .seconds(4)).contains(.send(["PING"])))
    }

    @Test("A refused subscription is told, and the connection begun anew")
    func refused() throws {
        var run = try SessionRun(.numbered, [.trades])
        _ = run.tell(.started)
        _ = run.tell(.connected)
        let actions = run.hear("NO #")
        #expect(actions == [.emit(.refused(SubscriptionRefusal(message: "not now"))), .disconnect])
        #expect(run.session.statistics.refusals == 1)
    }
}
