internal import Foundation
internal import Hummingbird
internal import Logging
internal import Schema

/// The dashboard's page and the read-only interface behind it.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /` and the files beside it | the page; see ``DashboardFiles`` |
/// | `GET /api/summary` | ``DashboardSummary`` |
/// | `GET /api/equity?points=` | ``EquityPoint`` rows, oldest first; 2…5000 points, 600 unless told |
/// | `GET /api/candles?instrument=&timeframe=&limit=` | ``CandleBar`` rows, oldest first; 1…5000, 300 unless told |
/// | `GET /api/predictions?instrument=&limit=` | ``JudgedPrediction`` rows, newest first; 1…5000, 300 unless told |
/// | `GET /api/orders?limit=` | ``OrderRow`` rows, newest first; 1…1000, 50 unless told |
/// | `GET /api/fills?instrument=&limit=` | ``FillRow`` rows, newest first; the instrument may be left out; as orders |
/// | `GET /api/metrics?name=&label=` | a ``MetricSeries`` for each label, or for the one asked for |
/// | `GET /api/services` | ``ServiceRow`` rows by name |
/// | `GET /api/models` | ``ModelRow`` rows by alias |
/// | `GET /api/stream` | server-sent events: `tick` with a ``DashboardSummary`` each second |
///
/// A request that makes no sense gets 400, an address that is not there 404, and a store that does not answer 503, each
/// with `{"error": "one line"}`. Nothing here writes, and nothing here is secret from who may reach the port: bind it to
/// the loopback address or put a proxy with a login before it.
struct DashboardRoutes<Source: DashboardData>: Sendable {
    let data: Source
    let ticker: SummaryTicker
    let streams: StreamLimit
    let logger: Logger

    /// Creates the routes over `data`; `now` is the recorder's clock, `staleAfter` in seconds.
    init(data: Source, staleAfter: Double = 30, logger: Logger, now: @escaping @Sendable () -> UnixNanos) {
        self.data = data
        self.logger = logger
        ticker = SummaryTicker(staleAfter: staleAfter, now: now) { try await data.summary() }
        streams = StreamLimit(64)
    }

    /// Adds every route of the table above.
    func add<Context: RequestContext>(to router: Router<Context>) {
        let group = router.group().add(middleware: SecurityHeaders())
        for file in DashboardFiles.all {
            group.get(RouterPath(file.path)) { request, _ in file.response(to: request) }
        }
        get("summary", from: group) { _ in try await ticker.latest() }
        get("equity", from: group) { query in
            try await data.equity(points: query.number("points", in: 2...5000, otherwise: 600))
        }
        get("candles", from: group) { query in
            try await data.candles(
                of: query.requiredInstrument(), timeframe: query.timeframe(),
                limit: query.number("limit", in: 1...5000, otherwise: 300))
        }
        get("predictions", from: group) { query in
            try await data.predictions(
                of: query.requiredInstrument(), limit: query.number("limit", in: 1...5000, otherwise: 300))
        }
        get("orders", from: group) { query in
            try await data.orders(limit: query.number("limit", in: 1...1000, otherwise: 50))
        }
        get("fills", from: group) { query in
            try await data.fills(
                of: query.instrument(), limit: query.number("limit", in: 1...1000, otherwise: 50))
        }
        get("metrics", from: group) { query in
            try await data.metrics(named: query.word("name"), label: query.text("label", atMost: 128))
        }
        get("services", from: group) { _ in try await data.services() }
        get("models", from: group) { _ in try await data.models() }
        group.get("api/stream") { _, _ in stream() }
        group.get("api/**") { _, _ in JSONAnswer.error(.notFound, "there is no such address") }
    }

    /// Answers `GET /api/<name>` with what `read` makes of the query.
    private func get<Context: RequestContext, Value: Encodable & Sendable>(
        _ name: String, from group: RouterGroup<Context>,
        _ read: @escaping @Sendable (QueryReader) async throws -> Value
    ) {
        group.get("api/\(name)") { request, _ in
            do {
                return try JSONAnswer.value(await read(QueryReader(request.uri.queryParameters)))
            } catch let error as QueryError {
                return JSONAnswer.error(.badRequest, error.description)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.warning(
                    "dashboard query failed", metadata: ["dashboard.query": "\(name)", "error": "\(error)"])
                return JSONAnswer.error(.serviceUnavailable, "the store does not answer")
            }
        }
    }
}

/// Answers in JSON.
enum JSONAnswer {
    /// The value as JSON text; numbers that JSON does not have become text.
    static func bytes(_ value: some Encodable) throws -> Foundation.Data {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    static func value(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        response(status, ByteBuffer(bytes: try bytes(value)))
    }

    /// An answer that says in one line why there is none: `{"error": "…"}`.
    static func error(_ status: HTTPResponse.Status, _ words: String) -> Response {
        // Encoding one string cannot fail; should it ever, the status still tells.
        let body = (try? bytes(["error": words])) ?? Foundation.Data("{}".utf8)
        return response(status, ByteBuffer(bytes: body))
    }

    private static func response(_ status: HTTPResponse.Status, _ body: ByteBuffer) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }
}
