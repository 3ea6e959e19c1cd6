import Schema
import Store
import TestKit
import Testing

@testable import MetricsRecorder

@Suite("Dashboard data in Postgres")
struct PostgresDashboardDataTests {
    private static let start = UnixNanos(seconds: 1_700_006_400)

    private static func hour(_ number: Int64) -> UnixNanos { start.advanced(by: number * Timeframe.hour1.nanoseconds) }

    private static func decimal(_ text: String) throws -> Decimal12 { try Decimal12(parsing: text) }

    private static func entry(_ position: UInt64, _ message: Message) -> LogEntry {
        LogEntry(event: Event(position: FeedPosition(position), message), sequence: position, ordinal: 0)
    }

    private static func feed(batches: UInt64, isFinished: Bool) -> FeedStatus {
        FeedStatus(
            source: "file", detail: "candles/2023", from: start, to: hour(40), reached: hour(3), batches: batches,
            expected: isFinished ? batches : 40, isFinished: isFinished)
    }

    /// Closes 100, 102, 101; the champion says up, up, down, and the watched model the contrary.
    private static func fill(_ connection: PostgresConnection) throws {
        let bitcoin = try Instrument(parsing: "binance.BTC-USDT")
        let ether = try Instrument(parsing: "binance.ETH-USDT")
        var entries: [LogEntry] = []
        for (index, close) in [100.0, 102, 101].enumerated() {
            let hour = Int64(index)
            let position = UInt64(index * 10 + 1)
            entries.append(
                entry(
                    position,
                    .candle(
                        try Candle(
                            instrument: bitcoin, timeframe: .hour1, openTime: Self.hour(hour), open: close,
                            high: close + 1, low: close - 1, close: close, volume: 5, source: .file))))
            for (model, role, probability) in [
                (Name("champion-1"), Prediction.Role.champion, index == 2 ? 0.4 : 0.6),
                ("watched-1", .shadow, index == 2 ? 0.6 : 0.4),
            ] {
                entries.append(
                    entry(
                        position,
                        .prediction(
                            Prediction(
                                model: model, role: role, instrument: bitcoin, timeframe: .hour1,
                                openTime: Self.hour(hour), asOf: Self.hour(hour + 1), featureSet: FeatureSetID(1),
                                probability: probability, signal: 0.5, confidence: 0.1, referencePrice: close,
                                volatility: 0.3, uncertainty: role == .shadow ? 0.05 : nil))))
            }
            entries.append(
                entry(
                    position,
                    .account(
                        Account(
                            time: Self.hour(hour + 1), cash: try decimal("900"),
                            equity: try decimal(["1000", "1100", "990"][index]),
                            positions: [
                                Account.Position(
                                    instrument: bitcoin, quantity: try decimal("-0.5"),
                                    averagePrice: try decimal("103"), markPrice: try decimal("101"),
                                    realised: try decimal("7.5"), fees: try decimal("0.25"))
                            ]))))
        }
        entries.append(
            entry(
                1,
                .candle(
                    try Candle(
                        instrument: ether, timeframe: .minute15, openTime: start, open: 10, high: 10, low: 10,
                        close: 10, volume: 0, source: .synthetic))))
        entries.append(
            entry(
                21,
                .anomaly(
                    Anomaly(
                        kind: .gap, instrument: "binance.BTC-USDT", timeframe: .hour1, time: start, count: 4,
                        detail: "four hours"))))
        for (number, instrument) in [bitcoin, ether].enumerated() {
            let position = UInt64(11 + number * 10)
            entries.append(
                entry(
                    position,
                    .order(
                        try Order(
                            clientID: "order-\(number)", decisionID: "decision-\(number)", instrument: instrument,
                            side: .buy, quantity: try decimal("0.5"), time: Self.hour(2)))))
        }
        for (number, state) in [OrderEvent.State.accepted, .filled].enumerated() {
            entries.append(
                entry(
                    12,
                    .orderEvent(
                        OrderEvent(
                            clientID: "order-0", instrument: bitcoin, number: number + 1, state: state,
                            filledQuantity: try decimal(number == 0 ? "0" : "0.5"), time: Self.hour(2)))))
        }
        entries.append(
            entry(
                12,
                .fill(
                    Fill(
                        id: "order-0/1", clientID: "order-0", instrument: bitcoin, side: .buy,
                        quantity: try decimal("0.5"), price: try decimal("102.000001"), fee: try decimal("0.051"),
                        time: Self.hour(2)))))
        entries.append(
            entry(
                21,
                .decision(
                    Decision(
                        model: "champion-1", instrument: ether, openTime: Self.hour(2), time: Self.hour(3),
                        state: .reducing,
                        action: .hold, targetQuantity: .zero, orderQuantity: .zero, verdicts: []))))
        try FeedLog(connection).append([
            LogBatch(
                entries: [entries[0]],
                watermark: Watermark(position: FeedPosition(2), previous: .start, time: Self.hour(1)), number: 1)
        ])
        try EventStore(connection).save(entries)
        try MetricStore(connection).save(
            [
                Metric(name: "accuracy_50", label: "champion-1", time: Self.hour(1), value: 0.5),
                Metric(name: "accuracy_50", label: "watched-1", time: Self.hour(1), value: 0.25),
            ], position: FeedPosition(1))
        try MetricStore(connection).save(
            [Metric(name: "accuracy_50", label: "champion-1", time: Self.hour(2), value: 0.75)],
            position: FeedPosition(11))
        try StatusStore(connection).save(
            ServiceStatus(
                name: "executor", processID: 7, startedAt: start, updatedAt: Self.hour(3), isReady: true,
                position: FeedPosition(23), lagMilliseconds: 12.5, residentBytes: 4096, restarts: 2,
                endpoint: "127.0.0.1:1", error: "slow", errorTime: Self.hour(2), published: 12,
                inputs: [
                    ServiceStatus.Input(
                        source: "ingestor", received: 9, missing: 2, recovered: 3, waiting: 1, behind: 4)
                ]))
        try FeedStatusStore(connection).save(feed(batches: 3, isFinished: false))
        let registry = ModelRegistry(connection)
        try registry.register(
            ModelVersion(
                id: "champion-1", model: "xgboost", featureSet: FeatureSetID(1), weights: [1], scaler: nil,
                settings: "{}", metrics: #"{"accuracy": 0.54, "note": "text is no number"}"#, dataFrom: start,
                dataTo: Self.hour(2), revision: "r", seed: 1))
        try registry.promote("champion", to: "champion-1")
    }

    private func withData(
        _ change: (PostgresConnection) throws -> Void = { _ in },
        _ body: (PostgresDashboardData, Instrument) async throws -> Void
    ) async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try Self.fill(connection)
            try change(connection)
            let client = PostgresClient(string, sleep: { _ in }, shouldStop: { true })
            let data = PostgresDashboardData(client: client, now: { Self.hour(4) })
            try await body(data, try Instrument(parsing: "binance.BTC-USDT"))
            await client.disconnect()
        }
    }

    @Test("The summary says what was used, how far it is, and how the account stands")
    func summary() async throws {
        try await withData { data, _ in
            let summary = try await data.summary()
            #expect(
                summary.feed
                    == DashboardSummary.Feed(
                        source: "file", detail: "candles/2023", from: Self.start.milliseconds,
                        to: Self.hour(40).milliseconds, reached: Self.hour(3).milliseconds, ended: false))
            #expect(!summary.finished)
            #expect(
                summary.sources == [
                    DashboardSummary.Source(source: "file", candles: 3),
                    DashboardSummary.Source(source: "synthetic", candles: 1),
                ])
            #expect(summary.progress == DashboardSummary.Progress(done: 3, total: 40))
            #expect(summary.executedPosition == 23)
            #expect(summary.calls == DashboardSummary.Calls(judged: 2, correct: 1, rises: 1))
            #expect(
                summary.holding == DashboardSummary.Holding(since: Self.hour(1).milliseconds, gain: 101.0 / 102 - 1))
            #expect(
                summary.account
                    == DashboardSummary.Account(
                        start: 1000, equity: 990, cash: 900, realised: 7.5, fees: 0.25, drawdown: 1 - 990.0 / 1100,
                        maximumDrawdown: 1 - 990.0 / 1100))
            #expect(
                summary.positions == [
                    DashboardSummary.Position(
                        instrument: "binance.BTC-USDT", quantity: "-0.5", averagePrice: "103", markPrice: "101",
                        unrealised: 1)
                ])
            #expect(
                summary.counts
                    == DashboardSummary.Counts(
                        candles: 4, predictions: 6, decisions: 1, orders: 2, fills: 1, anomalies: 1))
            #expect(
                summary.anomalies == [DashboardSummary.AnomalyCount(kind: "gap", events: 1, candles: 4)])
            #expect(summary.instruments == ["binance.BTC-USDT", "binance.ETH-USDT"])
            #expect(summary.timeframes == ["15m", "1h"])
            #expect(summary.tradingState == "reducing")
            #expect(summary.feedPosition == 2)
            #expect(summary.feedTime == Self.hour(1).milliseconds)
        }
    }

    @Test("The feed is finished when its source has ended and the executor has done its last batch, not before")
    func finished() async throws {
        for (position, isFinished) in [(UInt64(23), true), (24, false)] {
            try await withData { connection in
                try FeedStatusStore(connection).save(Self.feed(batches: 4, isFinished: true))
                try FeedLog(connection).append([
                    LogBatch(
                        entries: [],
                        watermark: Watermark(
                            position: FeedPosition(position), previous: FeedPosition(2), time: Self.hour(4)), number: 2)
                ])
            } _: { data, _ in
                let summary = try await data.summary()
                #expect(summary.finished == isFinished)
                #expect(summary.feed?.ended == true)
                #expect(summary.progress == DashboardSummary.Progress(done: 4, total: 4))
            }
        }
    }

    @Test("Only the champion's calls count, right where the price went as said, and only once that is known")
    func calls() async throws {
        try await withData { connection in
            let calls = try DashboardQueries(connection).championCalls(limit: 2)
            // Of the last two, one is not known yet, and the other was "up" before a fall.
            #expect(calls.judged == 1 && calls.correct == 0 && calls.rises == 0)
        } _: { _, _ in
        }
    }

    @Test("Training that waits, runs or has failed is shown, and what is done is not")
    func jobs() async throws {
        try await withData { connection in
            let queue = JobQueue(connection)
            for key in ["a", "b", "c"] { try queue.submit("train", payload: #"{"model": "lstm"}"#, key: key) }
            for seconds in [0.0, 3600] {
                let lease = try #require(try queue.claim(["train"], owner: "one", seconds: seconds))
                if seconds == 0 {
                    try queue.complete(lease, result: "{}")
                } else {
                    try queue.fail(lease, error: "no data")
                }
            }
        } _: { data, _ in
            let jobs = try await data.summary().jobs
            #expect(jobs.map(\.state) == ["queued", "failed"])
            #expect(jobs.map(\.model) == ["lstm", "lstm"])
            #expect(jobs.map(\.error) == [nil, "no data"])
        }
    }

    @Test("A prediction is judged by the close of the candle after it, and not before that is stored")
    func judged() async throws {
        try await withData { data, bitcoin in
            let predictions = try await data.predictions(of: bitcoin, limit: 10)
            let pair = ["champion-1", "watched-1"]
            #expect(predictions.map(\.model) == pair + pair + pair)
            #expect(predictions.map(\.uncertainty) == predictions.map { $0.role == "shadow" ? 0.05 : nil })
            #expect(predictions.map(\.correct) == [nil, nil, false, true, true, false])
            #expect(predictions.map(\.outcomePrice) == [nil, nil, 101, 101, 102, 102])
            #expect(try await data.predictions(of: bitcoin, limit: 2) == Array(predictions.prefix(2)))
            #expect(try await data.predictions(of: Instrument(parsing: "kraken.BTC-USD"), limit: 2).isEmpty)
        }
    }

    @Test("The equity curve goes on from where it was read last")
    func equity() async throws {
        try await withData { data, _ in
            let first = try await data.equity(points: 100)
            #expect(first.map(\.equity) == [1000, 1100, 990])
            #expect(first.map(\.time) == [Self.hour(1), Self.hour(2), Self.hour(3)].map(\.milliseconds))
            #expect(try await data.equity(points: 100) == first)
            #expect(try await data.equity(points: 2).map(\.equity) == [1100, 990])
        }
    }

    @Test("Orders carry the venue's last word, and exact numbers stay exact")
    func orders() async throws {
        try await withData { data, bitcoin in
            let orders = try await data.orders(limit: 10)
            #expect(orders.map(\.clientID) == ["order-1", "order-0"])
            #expect(orders.map(\.state) == ["sent", "filled"])
            #expect(orders.map(\.filledQuantity) == ["0", "0.5"])
            let fills = try await data.fills(of: nil, limit: 10)
            #expect(fills.map(\.price) == ["102.000001"])
            #expect(try await data.fills(of: bitcoin, limit: 10) == fills)
            #expect(try await data.fills(of: Instrument(parsing: "binance.ETH-USDT"), limit: 10).isEmpty)
        }
    }

    @Test("Candles, metrics, services and models are those stored")
    func others() async throws {
        try await withData { data, bitcoin in
            #expect(try await data.candles(of: bitcoin, timeframe: .hour1, limit: 2).map(\.close) == [102, 101])
            let metrics = try await data.metrics(named: "accuracy_50", label: nil)
            #expect(metrics.map(\.label) == ["champion-1", "watched-1"])
            #expect(metrics.first?.points.map(\.value) == [0.5, 0.75])
            #expect(try await data.metrics(named: "accuracy_50", label: "watched-1").map(\.label) == ["watched-1"])
            #expect(
                try await data.services() == [
                    ServiceRow(
                        name: "executor", instance: nil, ready: true, lagMilliseconds: 12.5, position: 23,
                        residentBytes: 4096, restarts: 2, lastError: "slow",
                        lastErrorTime: Self.hour(2).milliseconds, startedAt: Self.start.milliseconds, processID: 7,
                        published: 12,
                        inputs: [
                            ServiceRow.Input(
                                source: "ingestor", received: 9, missing: 2, recovered: 3, waiting: 1, behind: 4)
                        ], heartbeat: Self.hour(3).milliseconds)
                ])
            let models = try await data.models()
            #expect(models.map(\.alias) == ["champion"])
            #expect(models.first?.metrics == ["accuracy": 0.54])
        }
    }

    @Test("An empty store is an empty page")
    func empty() async throws {
        try await PostgresFixture.withDatabase { string in
            let client = PostgresClient(string, sleep: { _ in }, shouldStop: { true })
            let data = PostgresDashboardData(client: client, now: { Self.start })
            let summary = try await data.summary()
            #expect(summary.feedPosition == 0)
            #expect(summary.feedTime == nil)
            #expect(summary.account == nil)
            #expect(summary.progress == nil)
            #expect(summary.feed == nil && !summary.finished && summary.holding == nil)
            #expect(summary.tradingState == "active")
            #expect(try await data.equity(points: 10).isEmpty)
            await client.disconnect()
        }
    }
}
