import Schema

@testable import MetricsRecorder

/// Data that remember what they were asked for.
struct SampleData: DashboardData {
    struct Unavailable: Error {}

    var summaryValue = SampleData.summary()
    var fails = false

    static func summary(
        position: UInt64 = 10, executed: UInt64 = 10, feedTime: Int64? = 5000,
        progress: DashboardSummary.Progress? = nil, finished: Bool = false
    ) -> DashboardSummary {
        DashboardSummary(
            feed: DashboardSummary.Feed(
                source: "file", detail: "candles", from: 0, to: 9000, reached: 5000, ended: finished),
            finished: finished, tradingState: "active", sources: [DashboardSummary.Source(source: "file", candles: 3)],
            feedTime: feedTime, feedPosition: position, executedPosition: executed, progress: progress, account: nil,
            positions: [], calls: DashboardSummary.Calls(judged: 0, correct: 0, rises: 0), holding: nil, jobs: [],
            counts: DashboardSummary.Counts(
                candles: 3, predictions: 2, decisions: 2, orders: 1, fills: 1, anomalies: 0),
            anomalies: [], instruments: ["binance.BTC-USDT"], timeframes: ["1h"])
    }

    private func checked<Value>(_ value: Value) throws -> Value {
        if fails { throw Unavailable() }
        return value
    }

    func summary() async throws -> DashboardSummary { try checked(summaryValue) }

    func equity(points: Int) async throws -> [EquityPoint] {
        try checked([EquityPoint(time: Int64(points), equity: .nan, drawdown: 0.5)])
    }

    func candles(of instrument: Instrument, timeframe: Timeframe, limit: Int) async throws -> [CandleBar] {
        try checked([
            CandleBar(
                time: timeframe.minutes, open: 1, high: 2, low: 0.5, close: 1.5, volume: Double(limit),
                source: instrument.name)
        ])
    }

    func predictions(of instrument: Instrument, limit: Int) async throws -> [JudgedPrediction] {
        try checked([
            JudgedPrediction(
                model: instrument.name, role: "champion", timeframe: "1h", openTime: Int64(limit), asOf: 0,
                probability: 0.6, uncertainty: 0.02, signal: 1, confidence: 0.1, referencePrice: 100, outcomePrice: nil,
                correct: nil)
        ])
    }

    func orders(limit: Int) async throws -> [OrderRow] {
        try checked([
            OrderRow(
                time: Int64(limit), clientID: "c", instrument: "binance.BTC-USDT", side: "buy", kind: "market",
                quantity: "0.1", limitPrice: nil, state: "sent", filledQuantity: "0", reason: "<script>")
        ])
    }

    func fills(of instrument: Instrument?, limit: Int) async throws -> [FillRow] {
        try checked([
            FillRow(
                time: Int64(limit), id: "f", clientID: "c", instrument: instrument?.name ?? "all", side: "buy",
                quantity: "0.1", price: "100", fee: "0.01")
        ])
    }

    func metrics(named name: String, label: String?) async throws -> [MetricSeries] {
        try checked([MetricSeries(name: name, label: label ?? "all", points: [])])
    }

    func services() async throws -> [ServiceRow] {
        try checked([
            ServiceRow(
                name: "executor", instance: nil, ready: true, lagMilliseconds: .infinity, position: 7,
                residentBytes: 1, restarts: 0, lastError: nil, lastErrorTime: nil, startedAt: 0, processID: 9,
                published: 3, inputs: [], heartbeat: 1)
        ])
    }

    func models() async throws -> [ModelRow] { try checked([]) }
}
