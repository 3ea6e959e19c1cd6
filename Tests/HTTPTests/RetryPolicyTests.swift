import HTTP
import Schema
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
    let policy = RetryPolicy(attempts: 4, base: .milliseconds(100), cap: .seconds(5))
    let request = HTTPRequest(url: "https://example.com/")

    @Test("The ceiling doubles with each attempt until the cap, and stays there")
    func ceilingDoubles() {
        let ceilings = (0..<8).map { policy.ceiling(attempt: $0) / .milliseconds(1) }
        #expect(ceilings == [100, 200, 400, 800, 1600, 3200, 5000, 5000])
        #expect(policy.ceiling(attempt: 1_000_000) == .seconds(5))
    }

    @Test("A delay lies between zero and the ceiling and uses the whole range", arguments: 0..<8)
    func jitterIsFull(attempt: Int) {
        var random = SplitMix64(seed: UInt64(attempt))
        let ceiling = policy.ceiling(attempt: attempt)
        let delays = (0..<2000).map { _ in policy.delay(attempt: attempt, using: &random) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 <= ceiling })
        // Uniform over the range: in each tenth about 200 of 2000, with a standard deviation of 13.
        for tenth in 0..<10 {
            let range = (ceiling / 10 * tenth)..<(ceiling / 10 * (tenth + 1))
            #expect((130...270).contains(delays.filter(range.contains).count))
        }
    }

    @Test("The same seed gives the same delays")
    func seedDecides() {
        var (first, second) = (SplitMix64(seed: 7), SplitMix64(seed: 7))
        for attempt in 0..<20 {
            #expect(policy.delay(attempt: attempt, using: &first) == policy.delay(attempt: attempt, using: &second))
        }
    }

    private func decide(
        _ request: HTTPRequest, attempt: Int = 0, _ outcome: Result<HTTPResponse, HTTPError>
    ) -> RetryPolicy.Decision {
        var random = SplitMix64(seed: 1)
        return policy.decide(request, attempt: attempt, outcome: outcome, using: &random)
    }

    @Test("Transient failures are retried, others are not")
    func transience() {
        for error in [HTTPError.timeout, .refused(""), .dns(""), .interrupted("")] {
            #expect(decide(request, .failure(error)) != .giveUp)
        }
        let final: [HTTPError] = [
            .tls(""), .tooLarge(limit: 1), .tooManyRedirects(limit: 1), .cancelled, .invalidRequest(""),
            .transport(code: 2, message: ""), .rateLimited(retryAfter: .zero),
        ]
        for error in final { #expect(decide(request, .failure(error)) == .giveUp) }
    }

    @Test("Busy statuses are retried, others are not")
    func statuses() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            #expect(decide(request, .success(HTTPResponse(status: status))) != .giveUp)
        }
        for status in [200, 204, 301, 400, 401, 403, 404, 409, 418, 501] {
            #expect(decide(request, .success(HTTPResponse(status: status))) == .giveUp)
        }
    }

    @Test("Only an idempotent request is sent again", arguments: HTTPMethod.allCases)
    func onlyIdempotent(method: HTTPMethod) {
        let decision = decide(HTTPRequest(method, url: "https://example.com/"), .failure(.timeout))
        #expect((decision != .giveUp) == (method == .get || method == .head))
        let declared = HTTPRequest(method, url: "https://example.com/", isIdempotent: true)
        #expect(decide(declared, .failure(.timeout)) != .giveUp)
    }

    @Test("After the last attempt it gives up")
    func attemptsEnd() {
        #expect(decide(request, attempt: 2, .failure(.timeout)) != .giveUp)
        #expect(decide(request, attempt: 3, .failure(.timeout)) == .giveUp)
    }

    @Test("The wait is never shorter than Retry-After", arguments: 0..<50 as Range<UInt64>)
    func retryAfterIsObeyed(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let response = HTTPResponse(status: 429, headers: ["retry-after": "17"])
        let decision = policy.decide(request, attempt: 1, outcome: .success(response), using: &random)
        guard case .retry(let wait) = decision else {
            Issue.record("429 is retried")
            return
        }
        #expect(wait >= .seconds(17) && wait <= .seconds(17) + policy.ceiling(attempt: 1))
    }

    @Test("A server that asks for too long is not waited for")
    func longRetryAfterGivesUp() {
        let response = HTTPResponse(status: 429, headers: ["Retry-After": "121"])
        #expect(decide(request, .success(response)) == .giveUp)
    }
}

@Suite("Response")
struct ResponseTests {
    private static let dateTexts: [(String, Int64?)] = [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
        ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("", nil),
        ("Sun, 06 Nov +994 08:49:37 GMT", nil), ("Sun, 00 Nov 1994 08:49:37 GMT", nil),
    ]

    @Test("HTTP dates are read, and nothing else is", arguments: dateTexts)
    func dates(text: String, seconds: Int64?) { #expect(HTTPDate.seconds(from: text) == seconds) }

    private static let retryAfters: [(HTTPHeaders, Int64?)] = [
        (["Retry-After": "30"], 30), (["Retry-After": "0"], 0), (["Retry-After": "-1"], nil), ([:], nil),
        (["Retry-After": "99999999999999999"], 366 * 86_400), (["Retry-After": "soon"], nil),
        (["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT", "Date": "Sun, 06 Nov 1994 08:48:30 GMT"], 67),
        (["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT", "Date": "Sun, 06 Nov 1994 09:00:00 GMT"], 0),
        (["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"], nil),
    ]

    @Test("Retry-After is read as seconds or as a date relative to the server's own", arguments: retryAfters)
    func retryAfter(headers: HTTPHeaders, seconds: Int64?) {
        #expect(HTTPResponse(status: 429, headers: headers).retryAfter == seconds.map { .seconds($0) })
    }

    @Test("A status outside 200 to 299 becomes an error with what the server said")
    func statusError() throws {
        let response = HTTPResponse(status: 429, headers: ["Retry-After": "2"], body: Array("slow down".utf8))
        #expect(throws: HTTPError.status(code: 429, retryAfter: .seconds(2), bodyExcerpt: "slow down")) {
            try response.requireSuccess()
        }
        #expect(try HTTPResponse(status: 204).requireSuccess().status == 204)
    }

    @Test("A query keeps its order and encodes everything that is reserved")
    func query() {
        var query: HTTPQuery = ["b": "1 2&3=4/é", "a": "~-._"]
        query.append("limit", 1000)
        #expect(query.encoded == "b=1%202%263%3D4%2F%C3%A9&a=~-._&limit=1000")
    }
}
