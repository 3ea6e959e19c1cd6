import Foundation
import HTTP
import Schema
import TestKit
import TestTraits
import Testing
import Venues

@Suite("Binance market data", .sockets, .timeLimit(.minutes(20)))
struct BinanceMarketDataTests {
    let bitcoin = Instrument("binance.BTC-USDT")
    let endpoint = VenueEndpoint(venue: "binance", path: "/api/v3/klines")
    let clock = SkippingClock()

    private func marketData(_ venue: FakeVenue) throws -> BinanceMarketData {
        let client = Binance.client(transport: try CurlClient(), clock: clock, random: SplitMix64(seed: 3))
        return BinanceMarketData(client: client, address: venue.url)
    }

    private func download(
        _ venue: FakeVenue, from: Int64 = 0, to: Int64 = 10_000_000, asOf: Int64 = 10_000_000
    ) async throws -> [CandlePage] {
        let pages = try marketData(venue).candles(
            bitcoin, .minute1, from: UnixNanos(seconds: from), to: UnixNanos(seconds: to),
            asOf: UnixNanos(seconds: asOf))
        var collected: [CandlePage] = []
        for try await page in pages { collected.append(page) }
        return collected
    }

    private func error(_ reply: FakeVenue.Reply) async throws -> VenueError? {
        let venue = try FakeVenue { _, _ in reply }
        return await venueError { _ = try await download(venue) }
    }

    @Test("Paging collects every candle exactly once, in order, around holes in the venue's history")
    func paging() async throws {
        let history = try (5..<3200).filter { !(900..<1100).contains($0) && $0 != 2000 }.map { try minuteCandle($0) }
        let endpoint = FakeKlines(history)
        let venue = try FakeVenue { request, _ in endpoint.reply(to: request) }
        let pages = try await download(venue, to: 3200 * 60)
        #expect(pages.flatMap(\.candles) == history)
        #expect(pages.map(\.candles.count) == [1000, 1000, 994])
        #expect(pages.allSatisfy { $0.anomalies.isEmpty })
        #expect(venue.requests.count == 3)
        #expect(venue.requests.allSatisfy { $0.query["limit"] == "1000" && $0.query["symbol"] == "BTCUSDT" })
    }

    @Test("The range is kept to: its first candle is in it, its end is not")
    func range() async throws {
        let endpoint = FakeKlines(try (0..<100).map { try minuteCandle($0) })
        let venue = try FakeVenue { request, _ in endpoint.reply(to: request) }
        let candles = try await download(venue, from: 20 * 60, to: 30 * 60).flatMap(\.candles)
        #expect(candles.map(\.openTime) == (20..<30).map { UnixNanos(seconds: $0 * 60) })
    }

    @Test("The candle that is still open is dropped, by our clock")
    func openByOurClock() async throws {
        let endpoint = FakeKlines(try (0..<100).map { try minuteCandle($0) })
        let venue = try FakeVenue { request, _ in endpoint.reply(to: request) }
        let candles = try await download(venue, asOf: 99 * 60 + 59).flatMap(\.candles)
        #expect(candles.count == 99)
    }

    @Test("The candle that is still open is dropped, by the venue's clock, when ours is ahead")
    func openByTheirClock() async throws {
        let endpoint = FakeKlines(try (0..<100).map { try minuteCandle($0) })
        let venue = try FakeVenue { request, _ in
            var reply = endpoint.reply(to: request)
            reply.headers.append(("Date", "Thu, 01 Jan 1970 01:39:59 GMT"))  // 99 minutes and 59 seconds
            return reply
        }
        let candles = try await download(venue).flatMap(\.candles)
        #expect(candles.count == 99)
        #expect(venue.requests.count == 1)
    }

    @Test("Refusals and broken connections in the middle lose nothing and double nothing")
    func troubleLosesNothing() async throws {
        let history = try (0..<2500).map { try minuteCandle($0) }
        let endpoint = FakeKlines(history)
        let venue = try FakeVenue { request, number in
            var reply = endpoint.reply(to: request)
            switch number {
            case 0: return .init(503, "<html>maintenance</html>")
            case 2: return .init(429, headers: [("Retry-After", "11")], #"{"code":-1003,"msg":"Too much."}"#)
            case 3: return .init(418, headers: [("Retry-After", "31")], "")
            case 5: reply.fault = .truncated(after: 5000)
            case 6: reply.fault = .closed
            default: break
            }
            return reply
        }
        #expect(try await download(venue, to: 2500 * 60).flatMap(\.candles) == history)
        #expect(venue.requests.count == 8)
        #expect(clock.now.offset >= .seconds(42))
    }

    @Test("The used weight that the venue reports stops the download until the venue's next minute")
    func usedWeight() async throws {
        let history = try (0..<1500).map { try minuteCandle($0) }
        let endpoint = FakeKlines(history)
        let venue = try FakeVenue { request, number in
            var reply = endpoint.reply(to: request)
            reply.headers = [
                ("X-MBX-USED-WEIGHT-1M", number == 0 ? "5400" : "2"), ("Date", "Fri, 02 Jan 1970 00:00:18 GMT"),
            ]
            return reply
        }
        #expect(try await download(venue, to: 1440 * 60).flatMap(\.candles).count == 1440)
        #expect(clock.sleeps == [.seconds(42)])
    }

    @Test("A refusal says what the venue said")
    func refusal() async throws {
        let endpoint = FakeKlines([])
        let venue = try FakeVenue { request, _ in endpoint.reply(to: request) }
        let refusal = VenueRefusal(reason: .unknownInstrument, status: 400, code: -1121, message: "Invalid symbol.")
        await #expect(throws: VenueError.refused(self.endpoint, refusal)) { try await download(venue) }
    }

    private static let refusals: [(Int, Int?, VenueRefusal.Reason)] = [
        (429, nil, .rateLimit), (418, -1003, .rateLimit), (403, nil, .rateLimit), (400, -1003, .rateLimit),
        (503, nil, .unavailable), (400, -1001, .unavailable), (400, -1100, .invalidRequest),
        (400, -1130, .invalidRequest),
        (400, -1121, .unknownInstrument), (400, -1021, .clock), (401, -2015, .authentication),
        (400, -1022, .authentication),
        (400, -2010, .order), (400, -1013, .order), (400, nil, .other), (404, nil, .other),
    ]

    @Test("Statuses and codes become reasons", arguments: refusals)
    func reasons(status: Int, code: Int?, reason: VenueRefusal.Reason) async throws {
        let body = code.map { #"{"code":\#($0),"msg":"words"}"# } ?? "words"
        let refusal = VenueRefusal(reason: reason, status: status, code: code, message: "words")
        #expect(try await error(.init(status, body)) == .refused(endpoint, refusal))
    }

    private static let malformedBodies: [(String, String)] = [
        ("", "the body"), (#"[[0,"1","#, "the body"), ("<html>", "the body"), ("{}", "the body"), ("null", "the body"),
        ("[[]]", "[0][0]"), (#"[["0","1","1","1","1","1"]]"#, "[0][0]"), (#"[[0,1,"1","1","1","1"]]"#, "[0][1]"),
        (#"[[0,"1","1","1","1","1"],[60000,"1","1","1","nan","1"]]"#, "\"nan\" is not a decimal number"),
        (#"[[0,"1","1","1","1"]]"#, "[0][5]"), ("[[-1]]", "-1 is no time"), ("[[9223372036854775807]]", "is no time"),
        (#"[[60000,"1","1","1","1","1"],[0,"1","1","1","1","1"]]"#, "row 1, open time 1970-01-01T00:00:00Z"),
    ]

    @Test("A malformed body is an error that names venue, endpoint and fault", arguments: malformedBodies)
    func malformed(body: String, fault: String) async throws {
        let text = try await error(.init(200, body))?.description ?? "no error"
        #expect(text.hasPrefix("binance /api/v3/klines: malformed answer: "))
        #expect(text.contains(fault))
    }

    @Test("A venue that is not there is a transport error that names the endpoint, after all attempts")
    func unreachable() async throws {
        let client = Binance.client(transport: try CurlClient(), clock: clock, random: SplitMix64(seed: 3))
        let port = try FakeVenue.unusedPort()
        let marketData = BinanceMarketData(client: client, address: "http://127.0.0.1:\(port)/")
        let pages = try marketData.candles(
            bitcoin, .hour1, from: UnixNanos(0), to: UnixNanos(seconds: 7200), asOf: UnixNanos(seconds: 7200))
        let error = await venueError { for try await _ in pages {} }
        let text = error?.description ?? "no error"
        #expect(text.hasPrefix("binance /api/v3/klines: connection refused"))
        #expect(clock.sleeps.count == 4)
    }

    @Test("An instrument of another venue is refused before anything is sent")
    func otherVenue() async throws {
        let venue = try FakeVenue(script: [])
        let marketData = try marketData(venue)
        #expect(throws: VenueError.self) {
            try marketData.candles(
                Instrument("kraken.BTC-USD"), .minute1, from: UnixNanos(0), to: UnixNanos(1), asOf: UnixNanos(1))
        }
        #expect(venue.requests.isEmpty)
    }

    @Test("Cancelling a download ends it promptly")
    func cancellation() async throws {
        let venue = try FakeVenue { _, _ in .init(200, fault: .stalled) }
        let task = Task { try await download(venue) }
        await venue.waitForRequests(1)
        task.cancel()
        await #expect(throws: VenueError.transport(endpoint, .cancelled)) { try await task.value }
    }
}
