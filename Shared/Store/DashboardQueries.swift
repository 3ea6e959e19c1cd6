public import Schema

/// What a person watching the pipeline asks of the store: small, bounded reads over all tables.
///
/// The latest rows are found through the indexes on `position`, so that a read costs the same however long the feed is.
/// The exceptions are ``totals()``, which counts whole tables, and ``accounts(after:limit:)``, which pages.
public struct DashboardQueries {
    let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    // MARK: The feed

    /// The last position of the feed and the latest event time near it; `nil` while the feed is empty.
    public func feedEnd() throws(StoreError) -> (position: FeedPosition, time: UnixNanos?)? {
        let rows = try connection.run(
            """
            SELECT max(position) AS position, max(event_time) AS time FROM
            (SELECT position, event_time FROM feed_log ORDER BY position DESC LIMIT 64) AS latest
            """)
        guard let row = rows.first, let position: FeedPosition = try row.optional("position") else { return nil }
        return (position, try row.optional("time"))
    }

    /// How far the executor, the last stage, has come.
    public func executedPosition() throws(StoreError) -> FeedPosition {
        let rows = try connection.run(
            """
            SELECT greatest((SELECT max(position) FROM accounts),
            (SELECT position FROM service_status WHERE name = 'executor'), 0) AS position
            """)
        guard let row = rows.first else { return .start }
        return try row.value("position")
    }

    /// The state in which the risk gate made its last decision.
    public func lastTradingState() throws(StoreError) -> String? {
        try connection.run("SELECT state FROM decisions ORDER BY position DESC LIMIT 1").first?.value("state")
    }

    // MARK: Totals

    public struct Totals: Sendable, Equatable {
        /// Candles of one instrument, timeframe and source.
        public struct Candles: Sendable, Equatable {
            public let instrument: String
            public let timeframe: String
            public let source: String
            public let count: Int
        }

        /// How often an anomaly was found, and how many candles it concerned.
        public struct Anomalies: Sendable, Equatable {
            public let kind: String
            public let events: Int
            public let candles: Int
        }

        public let candles: [Candles]
        public let anomalies: [Anomalies]
        public let predictions: Int
        public let decisions: Int
        public let orders: Int
        public let fills: Int
    }

    /// Counts of everything; reads whole tables, so not for every second.
    public func totals() throws(StoreError) -> Totals {
        var candles: [Totals.Candles] = []
        for row in try connection.run(
            """
            SELECT instrument, timeframe, source, count(*) AS count FROM candles
            GROUP BY instrument, timeframe, source ORDER BY instrument, timeframe, source
            """)
        {
            candles.append(
                Totals.Candles(
                    instrument: try row.value("instrument"), timeframe: try row.value("timeframe"),
                    source: try row.value("source"), count: try row.value("count")))
        }
        var anomalies: [Totals.Anomalies] = []
        for row in try connection.run(
            """
            SELECT kind, count(*) AS events, sum(count)::bigint AS candles FROM anomalies
            GROUP BY kind ORDER BY events DESC, kind
            """)
        {
            anomalies.append(
                Totals.Anomalies(
                    kind: try row.value("kind"), events: try row.value("events"), candles: try row.value("candles")))
        }
        let rows = try connection.run(
            """
            SELECT (SELECT count(*) FROM predictions) AS predictions, (SELECT count(*) FROM decisions) AS decisions,
            (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM fills) AS fills
            """)
        let row = rows[0]
        return Totals(
            candles: candles, anomalies: anomalies, predictions: try row.value("predictions"),
            decisions: try row.value("decisions"), orders: try row.value("orders"), fills: try row.value("fills"))
    }

    // MARK: The account

    public struct AccountRow: Sendable, Equatable {
        public let position: FeedPosition
        public let time: UnixNanos
        /// In quote currency, as is ``equity``.
        public let cash: Decimal12
        public let equity: Decimal12
    }

    /// The accounts after a position, in order, at most `limit` of them.
    public func accounts(after position: FeedPosition, limit: Int) throws(StoreError) -> [AccountRow] {
        var accounts: [AccountRow] = []
        for row in try connection.run(
            """
            SELECT position, time, cash, equity FROM accounts WHERE position > \(position)
            ORDER BY position LIMIT \(limit)
            """)
        {
            accounts.append(
                AccountRow(
                    position: try row.value("position"), time: try row.value("time"), cash: try row.value("cash"),
                    equity: try row.value("equity")))
        }
        return accounts
    }

    /// The positions in the executor's latest books, in instrument order.
    public func positions() throws(StoreError) -> [Account.Position] {
        var positions: [Account.Position] = []
        for row in try connection.run(
            """
            SELECT * FROM positions WHERE position = (SELECT max(position) FROM positions) ORDER BY instrument
            """)
        {
            positions.append(try PositionTable.read(row))
        }
        return positions
    }

    // MARK: Predictions

    /// A prediction with the close of the candle after its own, when that is stored.
    public struct PredictionRow: Sendable, Equatable {
        public let model: String
        public let role: String
        public let timeframe: String
        public let openTime: UnixNanos
        public let asOf: UnixNanos
        public let probability: Double
        /// `nil` from models that tell none.
        public let uncertainty: Double?
        public let signal: Double
        public let confidence: Double
        public let referencePrice: Double
        public let nextClose: Double?
    }

    /// The last `limit` predictions for an instrument, newest first.
    public func predictions(of instrument: Instrument, limit: Int) throws(StoreError) -> [PredictionRow] {
        var predictions: [PredictionRow] = []
        for row in try connection.run(
            """
            SELECT p.model, p.role, p.timeframe, p.open_time, p.as_of, p.probability, p.uncertainty, p.signal,
            p.confidence, p.reference_price, c.close AS next_close
            FROM (SELECT * FROM predictions WHERE instrument = \(instrument.name)
                ORDER BY position DESC, model LIMIT \(limit)) AS p
            LEFT JOIN candles AS c
                ON c.instrument = p.instrument AND c.timeframe = p.timeframe AND c.open_time = p.as_of
            ORDER BY p.position DESC, p.model
            """)
        {
            predictions.append(
                PredictionRow(
                    model: try row.value("model"), role: try row.value("role"), timeframe: try row.value("timeframe"),
                    openTime: try row.value("open_time"), asOf: try row.value("as_of"),
                    probability: try row.value("probability"), uncertainty: try row.optional("uncertainty"),
                    signal: try row.value("signal"), confidence: try row.value("confidence"),
                    referencePrice: try row.value("reference_price"),
                    nextClose: try row.optional("next_close")))
        }
        return predictions
    }

    // MARK: Orders and fills

    /// An order with the last event that its venue reported.
    public struct OrderRow: Sendable, Equatable {
        public let time: UnixNanos
        public let clientID: String
        public let instrument: String
        public let side: String
        public let kind: String
        public let quantity: Decimal12
        public let limitPrice: Decimal12?
        /// `nil` before the venue has answered.
        public let state: String?
        public let filledQuantity: Decimal12?
        public let reason: String?
    }

    /// The last `limit` orders, newest first.
    public func orders(limit: Int) throws(StoreError) -> [OrderRow] {
        var orders: [OrderRow] = []
        for row in try connection.run(
            """
            SELECT o.time, o.client_id, o.instrument, o.side, o.kind, o.quantity, o.limit_price,
            e.state, e.filled_quantity, e.reason
            FROM (SELECT * FROM orders ORDER BY position DESC, client_id LIMIT \(limit)) AS o
            LEFT JOIN LATERAL (SELECT state, filled_quantity, reason FROM order_events
                WHERE client_id = o.client_id ORDER BY number DESC LIMIT 1) AS e ON true
            ORDER BY o.position DESC, o.client_id
            """)
        {
            orders.append(
                OrderRow(
                    time: try row.value("time"), clientID: try row.value("client_id"),
                    instrument: try row.value("instrument"), side: try row.value("side"), kind: try row.value("kind"),
                    quantity: try row.value("quantity"), limitPrice: try row.optional("limit_price"),
                    state: try row.optional("state"), filledQuantity: try row.optional("filled_quantity"),
                    reason: try row.optional("reason")))
        }
        return orders
    }

    public struct FillRow: Sendable, Equatable {
        public let time: UnixNanos
        public let id: String
        public let clientID: String
        public let instrument: String
        public let side: String
        public let quantity: Decimal12
        public let price: Decimal12
        public let fee: Decimal12
    }

    /// The last `limit` fills of one instrument or of all, newest first.
    public func fills(of instrument: Instrument?, limit: Int) throws(StoreError) -> [FillRow] {
        var fills: [FillRow] = []
        for row in try connection.run(
            """
            SELECT time, id, client_id, instrument, side, quantity, price, fee FROM fills
            WHERE \(instrument?.name) IS NULL OR instrument = \(instrument?.name)
            ORDER BY position DESC, id LIMIT \(limit)
            """)
        {
            fills.append(
                FillRow(
                    time: try row.value("time"), id: try row.value("id"), clientID: try row.value("client_id"),
                    instrument: try row.value("instrument"), side: try row.value("side"),
                    quantity: try row.value("quantity"), price: try row.value("price"), fee: try row.value("fee")))
        }
        return fills
    }

    // MARK: Metrics, models

    public struct MetricRow: Sendable, Equatable {
        public let label: String
        public let time: UnixNanos
        public let value: Double
    }

    /// The last `limit` values of each label of a metric, by label and time.
    public func metrics(named name: String, label: String?, limit: Int) throws(StoreError) -> [MetricRow] {
        var metrics: [MetricRow] = []
        for row in try connection.run(
            """
            SELECT label, time, value FROM (SELECT label, time, value,
                row_number() OVER (PARTITION BY label ORDER BY time DESC) AS age FROM metrics
                WHERE name = \(name) AND (\(label) IS NULL OR label = \(label))) AS aged
            WHERE age <= \(limit) ORDER BY label, time
            """)
        {
            metrics.append(
                MetricRow(label: try row.value("label"), time: try row.value("time"), value: try row.value("value")))
        }
        return metrics
    }

    public struct ModelRow: Sendable, Equatable {
        public let alias: String
        public let version: String
        public let model: String
        public let featureSet: String
        public let dataFrom: UnixNanos
        public let dataTo: UnixNanos
        public let movedAt: UnixNanos
        /// An object of those of the version's metrics that are numbers.
        public let metrics: JSONText
    }

    /// The versions that aliases point to, by alias.
    public func models() throws(StoreError) -> [ModelRow] {
        var models: [ModelRow] = []
        for row in try connection.run(
            """
            SELECT a.alias, a.version, v.model, v.feature_set, v.data_from, v.data_to, a.moved_at, coalesce((
                SELECT jsonb_object_agg(key, value)
                FROM jsonb_each(CASE jsonb_typeof(v.metrics) WHEN 'object' THEN v.metrics ELSE '{}' END)
                WHERE jsonb_typeof(value) = 'number'), '{}') AS metrics
            FROM model_aliases AS a JOIN model_versions AS v ON v.id = a.version ORDER BY a.alias
            """)
        {
            models.append(
                ModelRow(
                    alias: try row.value("alias"), version: try row.value("version"), model: try row.value("model"),
                    featureSet: try row.value("feature_set"), dataFrom: try row.value("data_from"),
                    dataTo: try row.value("data_to"), movedAt: try row.value("moved_at"),
                    metrics: try row.value("metrics")))
        }
        return models
    }
}
