import HTTP
import Schema
import TestKit
import TestTraits
import Testing

@Suite("Resilient client", .sockets, .timeLimit(.minutes(20)))
struct ResilientClientTests {
    let clock = SkippingClock()

    private func client(
        _ transport: some HTTPTransport, limiter: RateLimiter = RateLimiter(budget: 1000, per: .seconds(60)),
        policy: RetryPolicy = RetryPolicy(),
        usage: @escaping @Sendable (HTTPResponse) -> RateLimiter.Usage? = { _ in nil }
    ) -> ResilientClient {
        ResilientClient(
            transport: transport, limiter: limiter, policy: policy, clock: clock, random: SplitMix64(seed: 1),
            usage: usage)
    }

    @Test("A 429 is retried after the time the server asks for, over a real connection")
    func tooManyRequestsIsRetried() async throws {
        let venue = try FakeVenue(script: [.init(429, headers: [("Retry-After", "9")], "busy"), .init(200, "done")])
        let response = try await client(CurlClient()).send(HTTPRequest(url: venue.url))
        #expect(response.status == 200)
        #expect(venue.requests.count == 2)
        #expect(clock.now.offset >= .seconds(9) && clock.now.offset < .seconds(10))
    }

    @Test("A truncated answer is fetched again, and the whole one is returned")
    func truncatedIsRetried() async throws {
        let venue = try FakeVenue(script: [.init(200, "complete", fault: .truncated(after: 3)), .init(200, "complete")])
        let response = try await client(CurlClient()).send(HTTPRequest(url: venue.url))
        #expect(response.body == Array("complete".utf8))
        #expect(venue.requests.count == 2)
    }

    @Test("The last answer is returned when the attempts are used up")
    func lastAnswerIsReturned() async throws {
        let transport = ScriptedTransport([.success(HTTPResponse(status: 503))])
        let response = try await client(transport, policy: RetryPolicy(attempts: 3)).send(HTTPRequest(url: "http://a/"))
        #expect(response.status == 503)
        #expect(transport.requests == 3)
        #expect(clock.sleeps.count == 2)
    }

    @Test("A post is sent once")
    func postIsNotRetried() async throws {
        let transport = ScriptedTransport([.failure(.timeout)])
        let client = client(transport)
        #expect(await failure { try await client.send(HTTPRequest(.post, url: "http://a/")) } == .timeout)
        #expect(transport.requests == 1)
    }

    @Test("Requests wait for the budget, and are charged their weight")
    func budgetIsWaitedFor() async throws {
        let transport = ScriptedTransport([.success(HTTPResponse(status: 200))])
        let client = client(transport, limiter: RateLimiter(budget: 20, per: .seconds(10), burst: 10))
        for _ in 0..<3 { _ = try await client.send(HTTPRequest(url: "http://a/"), weight: 10) }
        #expect(clock.sleeps == [.seconds(10), .seconds(10)])
    }

    @Test("A refusal holds back the next request too")
    func refusalPausesEveryone() async throws {
        let transport = ScriptedTransport([
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "60"])), .success(HTTPResponse(status: 200)),
        ])
        let client = client(transport, policy: RetryPolicy(attempts: 1))
        #expect(try await client.send(HTTPRequest(url: "http://a/")).status == 429)
        #expect(try await client.send(HTTPRequest(url: "http://a/")).status == 200)
        #expect(clock.sleeps == [.seconds(60)])
    }

    @Test("A ban longer than a caller waits is an error at once, without a request")
    func longBanIsAnError() async throws {
        let transport = ScriptedTransport([.success(HTTPResponse(status: 418, headers: ["Retry-After": "7200"]))])
        let client = client(transport)
        #expect(try await client.send(HTTPRequest(url: "http://a/")).status == 418)
        let error = await failure { try await client.send(HTTPRequest(url: "http://a/")) }
        #expect(error == .rateLimited(retryAfter: .seconds(7200)))
        #expect(transport.requests == 1)
        #expect(clock.sleeps.isEmpty)
    }

    @Test("What the headers say about the budget is learned")
    func usageIsLearned() async throws {
        let transport = ScriptedTransport([.success(HTTPResponse(status: 200))])
        let client = client(transport, usage: { _ in .init(used: 1000, windowRemaining: .seconds(33)) })
        _ = try await client.send(HTTPRequest(url: "http://a/"))
        _ = try await client.send(HTTPRequest(url: "http://a/"))
        #expect(clock.sleeps.first == .seconds(33))
    }

    @Test("Cancellation ends a wait between attempts")
    func cancellationEndsTheWait() async throws {
        let transport = ScriptedTransport([.failure(.timeout)])
        let client = ResilientClient(
            transport: transport, limiter: RateLimiter(budget: 10, per: .seconds(60)),
            policy: RetryPolicy(base: .seconds(3600), cap: .seconds(3600)), clock: ContinuousClock(),
            random: SplitMix64(seed: 1))
        let task = Task { await failure { try await client.send(HTTPRequest(url: "http://a/")) } }
        while transport.requests == 0 { await Task.yield() }
        task.cancel()
        #expect(await task.value == .cancelled)
    }
}
