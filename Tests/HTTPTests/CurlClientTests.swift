import Foundation
import HTTP
import TestKit
import TestTraits
import Testing

@Suite("Curl client", .sockets, .timeLimit(.minutes(20)))
struct CurlClientTests {
    let client: CurlClient

    init() throws { client = try CurlClient() }

    @Test("A request arrives as it was written, and its answer comes back whole")
    func roundTrip() async throws {
        let venue = try FakeVenue(script: [.init(201, headers: [("X-Kind", " a: b ")], "hello")])
        let request = HTTPRequest(
            .post, url: "\(venue.url)/path?x=1%202", headers: ["X-Empty": "", "Content-Type": "text/plain"],
            secretHeaders: ["X-Key": "k"], body: Array("body".utf8))
        let response = try await client.send(request)
        #expect(response.status == 201)
        #expect(response.headers["x-kind"] == "a: b")
        #expect(response.body == Array("hello".utf8))
        let received = try #require(venue.requests.first)
        #expect(received.method == "POST" && received.path == "/path" && received.query == ["x": "1 2"])
        #expect(received.headers["x-empty"] == "" && received.headers["x-key"] == "k")
        #expect(received.headers["content-type"] == "text/plain")
        #expect(received.body == Array("body".utf8))
    }

    @Test("Every method is sent by its name", arguments: HTTPMethod.allCases)
    func methods(method: HTTPMethod) async throws {
        let venue = try FakeVenue(script: [.init(200, "body")])
        let response = try await client.send(HTTPRequest(method, url: venue.url))
        #expect(venue.requests.map(\.method) == [method.rawValue])
        #expect(response.body == (method == .head ? [] : Array("body".utf8)))
    }

    @Test("A handle that is used again carries nothing over")
    func handlesAreReset() async throws {
        let venue = try FakeVenue(script: [.init(200, "one"), .init(404, "two")])
        _ = try await client.send(
            HTTPRequest(.post, url: venue.url, headers: ["X-Old": "1"], body: Array("old".utf8)))
        let second = try await client.send(HTTPRequest(url: venue.url))
        #expect(second.status == 404 && second.body == Array("two".utf8))
        #expect(venue.requests[1].method == "GET" && venue.requests[1].body.isEmpty)
        #expect(venue.requests[1].headers["x-old"] == nil)
    }

    @Test("A compressed answer is asked for and comes back decompressed")
    func gzip() async throws {
        let body = try #require(Data(base64Encoded: "H4sIAAAAAAACA6tWSq/KLFCyKikqTa0FAPnq9DYNAAAA"))
        let venue = try FakeVenue(script: [.init(200, headers: [("Content-Encoding", "gzip")], body: Array(body))])
        let response = try await client.send(HTTPRequest(url: venue.url))
        #expect(response.body == Array(#"{"gzip":true}"#.utf8))
        #expect(venue.requests[0].headers["accept-encoding"] == "gzip")
    }

    @Test("Forty requests at once are all answered, each with its own answer")
    func concurrency() async throws {
        let venue = try FakeVenue { request, _ in .init(200, request.query["n"] ?? "") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let response = try await client.send(HTTPRequest(url: "\(venue.url)/?n=\(number)"))
                    #expect(response.body == Array("\(number)".utf8))
                }
            }
            try await group.waitForAll()
        }
        #expect(venue.requests.count == 40)
    }

    // MARK: - Failures

    @Test("A server that says nothing is a timeout")
    func timeout() async throws {
        let venue = try FakeVenue(script: [.init(200, fault: .stalled)])
        let request = HTTPRequest(url: venue.url, timeouts: .init(total: .milliseconds(80)))
        #expect(await failure { try await client.send(request) } == .timeout)
    }

    @Test("A port without a listener is refused")
    func refused() async throws {
        let port = try FakeVenue.unusedPort()
        let error = await failure { try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)")) }
        guard case .refused = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A name that does not exist is a lookup failure")
    func unknownHost() async throws {
        // A label may have 63 characters, so no server need be asked about this one.
        let host = String(repeating: "a", count: 64) + ".invalid"
        let error = await failure { try await client.send(HTTPRequest(url: "http://\(host)/")) }
        guard case .dns = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("An answer beyond the limit is refused: announced, unannounced and compressed", arguments: 0..<3)
    func tooLarge(kind: Int) async throws {
        let bomb = try #require(Data(base64Encoded: Self.hundredThousandZeros))
        let replies: [FakeVenue.Reply] = [
            .init(200, body: [UInt8](repeating: 7, count: 50_001)),
            .init(200, body: [UInt8](repeating: 7, count: 50_001), fault: .unannounced),
            .init(200, headers: [("Content-Encoding", "gzip")], body: Array(bomb)),
        ]
        let venue = try FakeVenue(script: [replies[kind]])
        let request = HTTPRequest(url: venue.url, maximumResponseBytes: 50_000)
        #expect(await failure { try await client.send(request) } == .tooLarge(limit: 50_000))
    }

    @Test("An answer of exactly the limit is taken")
    func exactlyTheLimit() async throws {
        let venue = try FakeVenue(script: [.init(200, body: [UInt8](repeating: 7, count: 50_000))])
        let response = try await client.send(HTTPRequest(url: venue.url, maximumResponseBytes: 50_000))
        #expect(response.body.count == 50_000)
    }

    @Test("Headers without end are refused")
    func endlessHeaders() async throws {
        let header = (name: "X-Long", value: String(repeating: "x", count: 60_000))
        let venue = try FakeVenue(script: [.init(200, headers: Array(repeating: header, count: 6))])
        let error = await failure { try await client.send(HTTPRequest(url: venue.url)) }
        #expect(error == .tooLarge(limit: 16 << 20))
    }

    @Test(
        "A connection that ends early is an interruption, before the head and within the body",
        arguments: [true, false])
    func interrupted(beforeHead: Bool) async throws {
        let venue = try FakeVenue(script: [.init(200, "0123456789", fault: beforeHead ? .closed : .truncated(after: 4))]
        )
        let error = await failure { try await client.send(HTTPRequest(url: venue.url)) }
        guard case .interrupted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private static let unsendable: [HTTPRequest] = [
        HTTPRequest(url: "file:///etc/hostname"), HTTPRequest(url: "ftp://127.0.0.1/"), HTTPRequest(url: "127.0.0.1"),
        HTTPRequest(url: "http://127.0.0.1/a b"), HTTPRequest(url: "http://127.0.0.1/\0"), HTTPRequest(url: "http://["),
        HTTPRequest(url: "http://127.0.0.1/", headers: ["A": "b\r\nX-Forged: 1"]),
        HTTPRequest(url: "http://127.0.0.1/", secretHeaders: ["A\r\nB": "c"]),
        HTTPRequest(url: "http://127.0.0.1/", body: [1]),
    ]

    @Test("Text that would forge a header or leave http is never sent", arguments: unsendable)
    func invalid(request: HTTPRequest) async throws {
        let error = await failure { try await client.send(request) }
        guard case .invalidRequest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: - Redirects

    @Test("A redirect is followed, and only the last answer counts")
    func redirect() async throws {
        let venue = try FakeVenue(script: [
            .init(302, headers: [("Location", "/b"), ("X-Old", "1")], "old"), .init(200, "new"),
        ])
        let response = try await client.send(HTTPRequest(url: "\(venue.url)/a"))
        #expect(response.status == 200 && response.body == Array("new".utf8) && response.headers["X-Old"] == nil)
        #expect(venue.requests.map(\.path) == ["/a", "/b"])
    }

    @Test("More redirects than allowed are an error")
    func redirectLoop() async throws {
        let venue = try FakeVenue { _, _ in .init(302, headers: [("Location", "/again")]) }
        let error = await failure { try await client.send(HTTPRequest(url: venue.url, redirectLimit: 2)) }
        #expect(error == .tooManyRedirects(limit: 2))
        #expect(venue.requests.count == 3)
    }

    @Test("A request with a secret, a body, or a limit of zero is not redirected", arguments: 0..<3)
    func redirectRefused(kind: Int) async throws {
        let venue = try FakeVenue { _, _ in .init(307, headers: [("Location", "/elsewhere")]) }
        let requests = [
            HTTPRequest(url: venue.url, secretHeaders: ["X-Key": "k"]), HTTPRequest(.post, url: venue.url, body: [1]),
            HTTPRequest(url: venue.url, redirectLimit: 0),
        ]
        #expect(try await client.send(requests[kind]).status == 307)
        #expect(venue.requests.count == 1)
    }

    @Test("A redirect out of http is refused")
    func redirectToFile() async throws {
        let venue = try FakeVenue(script: [.init(302, headers: [("Location", "file:///etc/hostname")])])
        let error = await failure { try await client.send(HTTPRequest(url: venue.url)) }
        guard case .transport(1, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: - Cancellation

    @Test("A cancelled request returns at once, and the client still works")
    func cancellation() async throws {
        let venue = try FakeVenue(script: [.init(200, fault: .stalled), .init(200, "alive")])
        let task = Task { await failure { try await client.send(HTTPRequest(url: venue.url)) } }
        await venue.waitForRequests(1)
        let clock = ContinuousClock()
        let start = clock.now
        task.cancel()
        #expect(await task.value == .cancelled)
        // Its own timeout is twenty seconds.
        #expect(clock.now - start < .seconds(5))
        #expect(try await client.send(HTTPRequest(url: venue.url)).body == Array("alive".utf8))
    }

    @Test("A task that is cancelled before it starts sends nothing it waits for", arguments: 0..<20)
    func cancelledBefore(round: Int) async throws {
        let venue = try FakeVenue { _, _ in .init(200, fault: .stalled) }
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure { try await client.send(HTTPRequest(url: venue.url)) }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    private static let hundredThousandZeros = """
        H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIBXA32VEdSghgEA
        """
}
