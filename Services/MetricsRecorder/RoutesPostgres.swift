internal import Foundation
internal import Schema
internal import Store

/// The dashboard's data out of Postgres.
actor PostgresDashboardData: DashboardData {
    /// Values of each series that are shown.
    static let metricLimit = 1000
    /// How long counts of whole tables are good for, in nanoseconds.
    private static let totalsFreshFor: Int64 = 5_000_000_000
    private static let accountPage = 20_000

    /// Calls of the champion that count for its accuracy.
    private static let calls = 150
    /// The latest jobs that are looked at.
    private static let latestJobs = 10

    private let client: PostgresClient
    private let now: @Sendable () -> UnixNanos
    private var curve = EquityCurve()
    private var lastAccount: DashboardQueries.AccountRow?
    private var isReadingAccounts = false
    private var totals: (time: UnixNanos, value: DashboardQueries.Totals)?

    /// Creates the data over `client`; `now` is the recorder's clock.
    init(client: PostgresClient, now: @escaping @Sendable () -> UnixNanos) {
        (self.client, self.now) = (client, now)
    }

    func summary() async throws -> DashboardSummary {
        try await readAccounts()
        let totals = try await currentTotals()
        let instruments = Array(Set(totals.candles.map(\.instrument))).sorted()
        let timeframes = Set(totals.candles.compactMap { Timeframe(rawValue: $0.timeframe) }).sorted()
        let live = try await client.withConnection("dashboard.summary") { (connection) throws(StoreError) in
            let queries = DashboardQueries(connection)
            let end = try queries.feedEnd()
            return LiveState(
                feed: try FeedStatusStore(connection).status(), position: end?.position ?? .start, time: end?.time,
                executed: try queries.executedPosition(),
                tradingState: try queries.lastTradingState() ?? TradingState.active.rawValue,
                positions: try queries.positions(), calls: try queries.championCalls(limit: Self.calls),
                holding: try queries.holding(instruments),
                jobs: try JobQueue(connection).wholes(limit: Self.latestJobs))
        }
        return DashboardSummary(
            feed: live.feed.map(DashboardSummary.Feed.init),
            finished: live.feed?.isFinished == true && live.executed >= live.position,
            tradingState: live.tradingState, sources: Self.sources(totals.candles),
            feedTime: live.time?.milliseconds, feedPosition: live.position.rawValue,
            executedPosition: live.executed.rawValue, progress: live.feed.flatMap(DashboardSummary.Progress.init),
            account: account(live.positions), positions: live.positions.map(Self.position),
            calls: DashboardSummary.Calls(
                judged: live.calls.judged, correct: live.calls.correct, rises: live.calls.rises),
            holding: live.holding.map {
                DashboardSummary.Holding(since: $0.since.milliseconds, gain: $0.gain)
            }, jobs: live.jobs.compactMap(DashboardSummary.Job.init),
            counts: DashboardSummary.Counts(
                candles: totals.candles.reduce(0) { $0 + $1.count }, predictions: totals.predictions,
                decisions: totals.decisions, orders: totals.orders, fills: totals.fills,
                anomalies: totals.anomalies.reduce(0) { $0 + $1.events }),
            anomalies: totals.anomalies.map {
                DashboardSummary.AnomalyCount(kind: $0.kind, events: $0.events, candles: $0.candles)
            },
            instruments: instruments, timeframes: timeframes.map(\.rawValue))
    }

    func equity(points: Int) async throws -> [EquityPoint] {
        try await readAccounts()
        return curve.thinned(to: points)
    }

    func candles(of instrument: Instrument, timeframe: Timeframe, limit: Int) async throws -> [CandleBar] {
        let time = now()
        return try await client.withConnection("dashboard.candles") { (connection) throws(StoreError) in
            try CandleStore(connection).last(limit, instrument, timeframe, at: time)
        }.map {
            CandleBar(
                time: $0.openTime.milliseconds, open: $0.open, high: $0.high, low: $0.low, close: $0.close,
                volume: $0.volume, source: $0.source.rawValue)
        }
    }

    func predictions(of instrument: Instrument, limit: Int) async throws -> [JudgedPrediction] {
        try await client.withConnection("dashboard.predictions") { (connection) throws(StoreError) in
            try DashboardQueries(connection).predictions(of: instrument, limit: limit)
        }.map(JudgedPrediction.init)
    }

    func orders(limit: Int) async throws -> [OrderRow] {
        try await client.withConnection("dashboard.orders") { (connection) throws(StoreError) in
            try DashboardQueries(connection).orders(limit: limit)
        }.map {
            OrderRow(
                time: $0.time.milliseconds, clientID: $0.clientID, instrument: $0.instrument, side: $0.side,
                kind: $0.kind, quantity: $0.quantity.description, limitPrice: $0.limitPrice?.description,
                state: $0.state ?? "sent", filledQuantity: ($0.filledQuantity ?? .zero).description,
                reason: $0.reason ?? "")
        }
    }

    func fills(of instrument: Instrument?, limit: Int) async throws -> [FillRow] {
        try await client.withConnection("dashboard.fills") { (connection) throws(StoreError) in
            try DashboardQueries(connection).fills(of: instrument, limit: limit)
        }.map {
            FillRow(
                time: $0.time.milliseconds, id: $0.id, clientID: $0.clientID, instrument: $0.instrument,
                side: $0.side, quantity: $0.quantity.description, price: $0.price.description,
                fee: $0.fee.description)
        }
    }

    func metrics(named name: String, label: String?) async throws -> [MetricSeries] {
        let metrics = try await client.withConnection("dashboard.metrics") { (connection) throws(StoreError) in
            try DashboardQueries(connection).metrics(named: name, label: label, limit: Self.metricLimit)
        }
        return Dictionary(grouping: metrics, by: \.label).sorted { $0.key < $1.key }.map { label, rows in
            MetricSeries(
                name: name, label: label,
                points: rows.map { MetricSeries.Point(time: $0.time.milliseconds, value: $0.value) })
        }
    }

    func services() async throws -> [ServiceRow] {
        try await client.withConnection("dashboard.services") { (connection) throws(StoreError) in
            try StatusStore(connection).all()
        }.map {
            ServiceRow(
                name: $0.name, instance: $0.instance.isEmpty ? nil : $0.instance, ready: $0.isReady,
                lagMilliseconds: $0.lagMilliseconds, position: $0.position.rawValue, residentBytes: $0.residentBytes,
                restarts: $0.restarts, lastError: $0.error, lastErrorTime: $0.errorTime?.milliseconds,
                startedAt: $0.startedAt.milliseconds, processID: $0.processID, published: $0.published,
                inputs: $0.inputs.map(ServiceRow.Input.init), heartbeat: $0.updatedAt.milliseconds)
        }
    }

    func models() async throws -> [ModelRow] {
        try await client.withConnection("dashboard.models") { (connection) throws(StoreError) in
            try DashboardQueries(connection).models()
        }.map {
            ModelRow(
                alias: $0.alias, version: $0.version, model: $0.model, featureSet: $0.featureSet,
                dataFrom: $0.dataFrom.milliseconds, dataTo: $0.dataTo.milliseconds,
                activatedAt: $0.movedAt.milliseconds,
                metrics: try JSONDecoder().decode([String: Double].self, from: Data($0.metrics.rawValue.utf8)))
        }
    }

    // MARK: State kept between reads

    private struct LiveState: Sendable {
        let feed: FeedStatus?
        let position: FeedPosition
        let time: UnixNanos?
        let executed: FeedPosition
        let tradingState: String
        let positions: [Account.Position]
        let calls: DashboardQueries.Calls
        let holding: DashboardQueries.Holding?
        let jobs: [Store.Job]
    }

    /// Adds the accounts that have come since the last time to the curve.
    private func readAccounts() async throws {
        guard !isReadingAccounts else { return }
        isReadingAccounts = true
        defer { isReadingAccounts = false }
        var page: [DashboardQueries.AccountRow]
        repeat {
            let after = lastAccount?.position ?? .start
            page = try await client.withConnection("dashboard.accounts") { (connection) throws(StoreError) in
                try DashboardQueries(connection).accounts(after: after, limit: Self.accountPage)
            }
            for row in page { curve.add(time: row.time, equity: row.equity.doubleValue) }
            lastAccount = page.last ?? lastAccount
        } while page.count == Self.accountPage
    }

    private func currentTotals() async throws -> DashboardQueries.Totals {
        let time = now()
        if let totals, time.rawValue - totals.time.rawValue < Self.totalsFreshFor { return totals.value }
        let value = try await client.withConnection("dashboard.totals") { (connection) throws(StoreError) in
            try DashboardQueries(connection).totals()
        }
        totals = (time, value)
        return value
    }

    // MARK: Rows into what is shown

    private func account(_ positions: [Account.Position]) -> DashboardSummary.Account? {
        guard let lastAccount, let start = curve.start, let equity = curve.latest else { return nil }
        return DashboardSummary.Account(
            start: start, equity: equity, cash: lastAccount.cash.doubleValue,
            realised: positions.reduce(.zero) { $0 + $1.realised }.doubleValue,
            fees: positions.reduce(.zero) { $0 + $1.fees }.doubleValue, drawdown: curve.drawdown,
            maximumDrawdown: curve.maximumDrawdown)
    }

    private static func position(_ position: Account.Position) -> DashboardSummary.Position {
        DashboardSummary.Position(
            instrument: position.instrument.name, quantity: position.quantity.description,
            averagePrice: position.averagePrice.description, markPrice: position.markPrice.description,
            unrealised: position.quantity.multiplied(by: position.markPrice - position.averagePrice).doubleValue)
    }

    private static func sources(_ candles: [DashboardQueries.Totals.Candles]) -> [DashboardSummary.Source] {
        Dictionary(grouping: candles, by: \.source).sorted { $0.key < $1.key }.map { source, rows in
            DashboardSummary.Source(source: source, candles: rows.reduce(0) { $0 + $1.count })
        }
    }
}

extension ServiceRow.Input {
    init(_ input: ServiceStatus.Input) {
        self.init(
            source: input.source, received: input.received, missing: input.missing, recovered: input.recovered,
            waiting: input.waiting, behind: input.behind)
    }
}
