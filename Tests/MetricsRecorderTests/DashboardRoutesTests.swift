import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Schema
import Testing

@testable import MetricsRecorder

@Suite("Dashboard routes")
struct DashboardRoutesTests {
    private func routes(_ data: SampleData) -> DashboardRoutes<SampleData> {
        DashboardRoutes(data: data, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
            UnixNanos(seconds: 1_700_000_000)
        }
    }

    private func get(
        _ path: String, data: SampleData = SampleData(), headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        let router = Router()
        routes(data).add(to: router)
        return try await Application(router: router).test(.router) { client in
            try await client.execute(uri: path, method: .get, headers: headers)
        }
    }

    private func text(_ response: TestResponse) -> String { String(buffer: response.body) }

    @Test(
        "A request is answered from the data that it asks for",
        arguments: [
            ("/api/equity?points=50", #"[{"drawdown":0.5,"equity":"NaN","time":50}]"#),
            ("/api/equity", #"[{"drawdown":0.5,"equity":"NaN","time":600}]"#),
            (
                "/api/candles?instrument=binance.BTC-USDT&timeframe=4h&limit=7",
                #"[{"close":1.5,"high":2,"low":0.5,"open":1,"source":"binance.BTC-USDT","time":240,"volume":7}]"#
            ),
            ("/api/fills?limit=9", #""instrument":"all""#),
            ("/api/fills?instrument=kraken.ETH-USD&limit=9", #""instrument":"kraken.ETH-USD""#),
            ("/api/orders?limit=1000", #""time":1000"#),
            ("/api/predictions?instrument=binance.BTC-USDT&limit=5", #""openTime":5"#),
            ("/api/metrics?name=accuracy_50&label=m%401", #"[{"label":"m@1","name":"accuracy_50","points":[]}]"#),
            ("/api/services", #""lagMilliseconds":"Infinity""#),
            ("/api/models", "[]"),
            ("/api/summary", #""serverTime":1700000000000"#),
        ])
    func answers(path: String, expected: String) async throws {
        let response = try await get(path)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json; charset=utf-8")
        #expect(text(response).contains(expected), "\(text(response))")
    }

    @Test(
        "A request that makes no sense gets 400 and one line that says why",
        arguments: [
            ("/api/equity?points=1", "points must be a whole number from 2 to 5000"),
            ("/api/equity?points=ten", "points must be a whole number from 2 to 5000"),
            ("/api/equity?points=50&points=60", "points is given more than once"),
            ("/api/candles?timeframe=1h", "instrument is missing"),
            ("/api/candles?instrument=BTC&timeframe=1h", "instrument must look like binance.BTC-USDT"),
            ("/api/candles?instrument=binance.BTC-USDT'--&timeframe=1h", "instrument must look like binance.BTC-USDT"),
            (
                "/api/candles?instrument=binance.BTC-USDT&timeframe=2h",
                "timeframe must be one of 1m, 5m, 15m, 30m, 1h, 4h, 1d"
            ),
            ("/api/candles?instrument=binance.BTC-USDT", "timeframe is missing"),
            ("/api/fills?limit=0", "limit must be a whole number from 1 to 1000"),
            ("/api/orders?limit=1001", "limit must be a whole number from 1 to 1000"),
            ("/api/metrics", "name is missing"),
            ("/api/metrics?name=Accuracy", "name must be lower-case letters, digits, points and underscores"),
            ("/api/metrics?name=\(String(repeating: "a", count: 65))", "name may have at most 64 bytes"),
        ])
    func refusals(path: String, reason: String) async throws {
        let response = try await get(path)
        #expect(response.status == .badRequest)
        #expect(text(response) == #"{"error":"\#(reason)"}"#)
    }

    @Test("A store that does not answer is 503, without a word of what went wrong inside")
    func storeAway() async throws {
        for path in ["summary", "equity", "services", "models", "orders", "fills"] {
            let response = try await get("/api/\(path)", data: SampleData(fails: true))
            #expect(response.status == .serviceUnavailable)
            #expect(text(response) == #"{"error":"the store does not answer"}"#)
        }
    }

    @Test("An address that is not there is 404, and says so in JSON")
    func notFound() async throws {
        let response = try await get("/api/secrets")
        #expect(response.status == .notFound)
        #expect(text(response) == #"{"error":"there is no such address"}"#)
        #expect(try await get("/../Main.swift").status == .notFound)
    }

    @Test("Every answer forbids other sites' content, guessing of types, and frames", arguments: ["/", "/api/summary"])
    func headers(path: String) async throws {
        let response = try await get(path)
        let policy = try #require(response.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'self';"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test("The files are those of the folder, byte for byte, with their types")
    func files() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Services/MetricsRecorder/Dashboard")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count == DashboardFiles.all.count)
        for name in names {
            let contents = try Data(contentsOf: folder.appending(path: name))
            let response = try await get(name == "index.html" ? "/" : "/\(name)")
            #expect(response.status == .ok)
            #expect(
                Array(response.body.readableBytesView) == Array(contents),
                "\(name): run ops/scripts/generate-dashboard")
            let type = try #require(response.headers[.contentType])
            let types = [
                "html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml",
                "txt": "text/plain",
            ]
            #expect(type.hasPrefix(types[(name as NSString).pathExtension] ?? "no type"))
        }
    }

    @Test("A reader who has a file is told so instead of being sent it again")
    func entityTags() async throws {
        let tag = try #require(try await get("/app.js").headers[.eTag])
        let response = try await get("/app.js", headers: [.ifNoneMatch: tag])
        #expect(response.status == .notModified)
        #expect(response.body.readableBytes == 0)
    }

    @Test("The page loads nothing from elsewhere")
    func noForeignContent() throws {
        for file in DashboardFiles.all where file.path != "lightweight-charts.js" {
            let text = file.contents.description
            let patterns = [
                #"(src|href)="(https?:)?//"#, #"url\("#, #"@import"#, #"import .* from "https?:"#, #"fetch\("http"#,
            ]
            for pattern in patterns {
                let matches = text.ranges(of: try Regex(pattern)).map { String(text[$0.lowerBound...].prefix(60)) }
                // A link that a reader may follow is no content.
                #expect(matches.allSatisfy { $0.hasPrefix(#"href="https://www.tradingview.com/""#) }, "\(matches)")
            }
        }
    }

    @Test("The stream sends a summary at once, as an event that browsers read")
    func stream() async throws {
        let sent = SentBytes()
        let response = routes(SampleData()).stream()
        #expect(response.headers[.contentType] == "text/event-stream")
        await #expect(throws: SentBytes.Closed.self) { try await response.body.write(sent.writer(closesAfter: 2)) }
        let events = sent.text
        #expect(events.hasPrefix("retry: 2000\n\nevent: tick\ndata: {"))
        #expect(events.hasSuffix("}\n\n"))
        #expect(events.contains(#""feedPosition":10"#))
        #expect(events.split(separator: "\n").count == 3)
    }

    @Test("A stream stays open while the store is away")
    func streamWithoutStore() async throws {
        let sent = SentBytes()
        let response = routes(SampleData(fails: true)).stream()
        await #expect(throws: SentBytes.Closed.self) { try await response.body.write(sent.writer(closesAfter: 2)) }
        #expect(sent.text == "retry: 2000\n\n: the store does not answer\n\n")
    }

    @Test("A reader who leaves makes room for another")
    func streamLeaves() async throws {
        let routes = routes(SampleData())
        for _ in 0..<100 {
            let sent = SentBytes()
            try? await routes.stream().body.write(sent.writer(closesAfter: 1))
            #expect(sent.text == "retry: 2000\n\n")
        }
    }
}
