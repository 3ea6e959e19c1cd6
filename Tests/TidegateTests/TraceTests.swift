import Foundation
import Pipeline
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Trace")
struct TraceTests {
    private static let bitcoin = Instrument("binance.BTC-USDT")
    private static let hour = UnixNanos(seconds: 1_706_763_600)  // 2024-02-01T05:00
    private static let close = UnixNanos(seconds: 1_706_767_200)
    private static let decisionID = "m-1/binance.BTC-USDT/1706763600"

    private static func decimal(_ text: String) throws -> Decimal12 { try Decimal12(parsing: text) }

    private static func candle(_ instrument: Instrument) throws -> Message {
        .candle(
            try Candle(
                instrument: instrument, timeframe: .hour1, openTime: hour, open: 10, high: 12, low: 9, close: 11,
                volume: 5, source: .file))
    }

    private static func prediction(_ model: Name, _ role: Prediction.Role, _ instrument: Instrument) -> Message {
        .prediction(
            Prediction(
                model: model, role: role, instrument: instrument, timeframe: .hour1, openTime: hour, asOf: close,
                featureSet: FeatureSetID(1), probability: 0.625, signal: 1.5, confidence: 0.25, referencePrice: 11,
                volatility: 0.3, uncertainty: model == "m-1" ? 0.03125 : nil,
                quantiles: model == "m-1" ? [.init(horizon: 14_400_000_000_000, level: 0.9, logReturn: 0.015)] : []))
    }

    private static func decision(_ instrument: Instrument, _ action: Decision.Action) throws -> Message {
        .decision(
            Decision(
                model: "m-1", instrument: instrument, openTime: hour, time: close, state: .active, action: action,
                targetQuantity: try decimal("0.5"), orderQuantity: try decimal(action == .hold ? "0" : "0.5"),
                verdicts: [
                    Decision.Verdict(rule: "order-rate", passed: true, value: 1, limit: 120),
                    Decision.Verdict(rule: "symbol-exposure", passed: false, value: 0.2, limit: 0.1),
                ]))
    }

    /// Two candles and a watermark; of the first comes an order that is filled in two parts, of the second none.
    private static func fill(_ connection: PostgresConnection) throws {
        let ether = Instrument("binance.ETH-USDT")
        var sequencer = Sequencer()
        let feed = [
            Event(position: FeedPosition(1), try candle(bitcoin)), Event(position: FeedPosition(2), try candle(ether)),
        ]
        let batch = sequencer.number(
            feed, closing: Watermark(position: FeedPosition(3), previous: .start, time: close))
        try FeedLog(connection).append([batch])
        let order = try Order(
            clientID: "tg1", decisionID: decisionID, instrument: bitcoin, side: .buy, quantity: decimal("0.5"),
            time: close)
        func step(_ number: Int, _ state: OrderEvent.State, _ filled: String) throws -> Message {
            .orderEvent(
                OrderEvent(
                    clientID: "tg1", instrument: bitcoin, number: number, state: state,
                    filledQuantity: try decimal(filled),
                    time: close))
        }
        func part(_ id: String) throws -> Message {
            .fill(
                Fill(
                    id: "tg1/\(id)", clientID: "tg1", instrument: bitcoin, side: .buy, quantity: try decimal("0.25"),
                    price: try decimal("11.5"), fee: try decimal("0.01"), time: close))
        }
        func account(_ equity: String) throws -> Message {
            .account(Account(time: close, cash: try decimal("900"), equity: try decimal(equity), positions: []))
        }
        let rows: [(UInt64, UInt64, Message)] = [
            (3, 1, prediction("m-1", .champion, bitcoin)), (3, 1, prediction("m-2", .shadow, bitcoin)),
            (3, 2, prediction("m-1", .champion, ether)), (3, 1, try decision(bitcoin, .buy)),
            (3, 2, try decision(ether, .hold)), (3, 1, .order(order)),
            (3, 3, try account("1000")), (4, 1, try step(1, .accepted, "0")), (4, 1, try part("1")),
            (4, 1, try step(2, .partiallyFilled, "0.25")), (6, 6, try account("1001")), (7, 1, try part("2")),
            (7, 1, try step(3, .filled, "0.5")), (9, 9, try account("1002")), (12, 12, try account("1003")),
        ]
        try EventStore(connection).save(
            rows.enumerated().map { index, row in
                LogEntry(
                    event: Event(position: FeedPosition(row.0), trace: FeedPosition(row.1), row.2),
                    sequence: UInt64(index + 1), ordinal: UInt32(index))
            })
    }

    private static let whole = [
        "candle", "watermark", "prediction", "prediction", "decision", "order", "order-event", "fill", "order-event",
        "fill", "order-event", "account",
    ]

    @Test(
        "A candle, a prediction, a decision, an order, a fill and a feed position all lead to the same way, whole and in order",
        arguments: [
            "binance.BTC-USDT/1h/2024-02-01T05:00", "m-2/binance.BTC-USDT/1h/2024-02-01T05:00:00Z", decisionID, "tg1",
            "tg1/2", "1",
        ])
    func wholeWay(id: String) async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try Self.fill(connection)
            let report = try Trace.report(of: id, connection)
            #expect(report.trace == 1)
            #expect(report.steps.map(\.kind) == Self.whole)
            #expect(report.steps.map(\.position) == [1, 3, 3, 3, 3, 3, 4, 4, 4, 7, 7, 9])
            // The account is the first after the last fill, not the last of all.
            guard case .account(let account)? = report.steps.last?.message.message else {
                Issue.record("no account at the end")
                return
            }
            #expect(account.equity == Decimal12(1002))
            #expect(report.steps.allSatisfy { $0.milliseconds >= 0 })
        }
    }

    @Test("A decision to hold ends the way, and says so")
    func hold() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try Self.fill(connection)
            let report = try Trace.report(of: "binance.ETH-USDT/1h/2024-02-01T05:00", connection)
            #expect(report.steps.map(\.kind) == ["candle", "watermark", "prediction", "decision"])
            #expect(report.text.hasSuffix("no order came of it"))
        }
    }

    @Test("A watermark's position shows the batch and nothing that came of others")
    func watermark() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try Self.fill(connection)
            #expect(try Trace.report(of: "3", connection).steps.map(\.kind) == ["watermark"])
        }
    }

    @Test("People read every verdict, and JSON holds the messages with the same keys as everywhere")
    func printed() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try Self.fill(connection)
            let report = try Trace.report(of: "tg1", connection)
            for line in [
                "passed order-rate: 1, limit 120", "FAILED symbol-exposure: 0.2, limit 0.1",
                "fill tg1/2: buy 0.25 at 11.5, fee 0.01", "prediction m-2 (shadow): up with 0.625, signal",
                "prediction m-1 (champion): up with 0.625 ± 0.03125, signal",
                "90 % quantile after 4h 00m: log return 0.015",
                "order tg1 partiallyFilled, filled 0.25", "2024-02-01T06:00:00Z",
            ] { #expect(report.text.contains(line), "\(line)") }
            let json = try JSONValue(parsing: JSONOutput.line(report))
            guard case .object(let fields) = json, case .array(let steps)? = fields["steps"],
                case .object(let order) = steps[5], case .object(let message)? = order["message"]
            else {
                Issue.record("no steps in the JSON")
                return
            }
            #expect(fields["trace"] == .integer(1))
            #expect(Set(order.keys) == ["kind", "position", "event_time", "stored_at", "milliseconds", "message"])
            #expect(message["client_id"] == .string("tg1") && message["quantity"] == .string("0.5"))
        }
    }

    @Test(
        "What is not there is refused in one line",
        arguments: [
            "tg2", "99", "0", "-1", "", "/", "binance.BTC-USDT/1h/2024-02-01T06:00", "binance.BTC-USDT/1h/yesterday",
            "m-3/binance.BTC-USDT/1h/2024-02-01T05:00", "99999999999999999999999", "tg1' OR ''='",
        ])
    func unknown(id: String) async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try Self.fill(connection)
            let failure = #expect(throws: CommandFailure.self) { try Trace.report(of: id, connection) }
            #expect(failure?.description.contains("is called \(id);") == true)
        }
    }
}
