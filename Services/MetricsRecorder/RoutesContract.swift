internal import Schema

// What the page and the interface under `/api` show. Moments are whole milliseconds since 1970, UTC; money that the
// ledger keeps exactly is decimal text; a field that is not known is left out.

/// Where the dashboard reads.
///
/// All rows come newest first unless a method says otherwise.
protocol DashboardData: Sendable {
    /// Everything of the header and the tiles.
    func summary() async throws -> DashboardSummary
    /// The equity curve, oldest first, thinned out to at most `points`.
    func equity(points: Int) async throws -> [EquityPoint]
    /// The last `limit` candles, oldest first.
    func candles(of instrument: Instrument, timeframe: Timeframe, limit: Int) async throws -> [CandleBar]
    /// The last `limit` predictions of all models, each with what came of it.
    func predictions(of instrument: Instrument, limit: Int) async throws -> [JudgedPrediction]
    func orders(limit: Int) async throws -> [OrderRow]
    /// The last `limit` fills, of one instrument or of all.
    func fills(of instrument: Instrument?, limit: Int) async throws -> [FillRow]
    /// The recorded values of a metric, one series for each label, points oldest first.
    func metrics(named name: String, label: String?) async throws -> [MetricSeries]
    /// In order of name.
    func services() async throws -> [ServiceRow]
    /// The versions that an alias points to, in order of alias.
    func models() async throws -> [ModelRow]
}

struct DashboardSummary: Codable, Sendable, Equatable {
    /// Candles of one source, so that nobody takes synthetic data for an exchange's.
    struct Source: Codable, Sendable, Equatable {
        let source: String
        let candles: Int
    }

    /// How far the feed is and where it comes from, in its own words.
    struct Feed: Codable, Sendable, Equatable {
        /// `exchange`, `file` or `synthetic`.
        let source: String
        /// The folder, venue or seed, for people.
        let detail: String
        let from: Int64?
        let to: Int64?
        /// The time of the last watermark.
        let reached: Int64?
        /// Whether the source has no more.
        let ended: Bool
    }

    /// Batches done of those that the feed will have.
    struct Progress: Codable, Sendable, Equatable {
        let done: UInt64
        let total: UInt64
        /// Batches a second of late; known from the second look on.
        var perSecond: Double?
        var remainingSeconds: Double?
    }

    /// The champion's last calls whose outcome is known.
    struct Calls: Codable, Sendable, Equatable {
        let judged: Int
        let correct: Int
        /// How often the price rose, whatever was said.
        let rises: Int
    }

    /// What equal parts of the instruments would have gained, without fees, as a fraction.
    struct Holding: Codable, Sendable, Equatable {
        let since: Int64
        let gain: Double
    }

    /// Work of the trainers that waits, is done, or has failed.
    struct Job: Codable, Sendable, Equatable {
        let id: Int64
        let model: String
        /// `queued`, `leased` or `failed`.
        let state: String
        /// 0…1.
        let progress: Double
        let attempts: Int
        let error: String?
    }

    /// In quote currency; drawdowns are fractions of the peak, 0…1.
    struct Account: Codable, Sendable, Equatable {
        let start: Double
        let equity: Double
        let cash: Double
        let realised: Double
        let fees: Double
        let drawdown: Double
        let maximumDrawdown: Double
    }

    struct Position: Codable, Sendable, Equatable {
        let instrument: String
        let quantity: String
        let averagePrice: String
        let markPrice: String
        /// In quote currency, before fees.
        let unrealised: Double
    }

    struct Counts: Codable, Sendable, Equatable {
        let candles: Int
        let predictions: Int
        let decisions: Int
        let orders: Int
        let fills: Int
        let anomalies: Int
    }

    struct AnomalyCount: Codable, Sendable, Equatable {
        let kind: String
        /// How often it was found.
        let events: Int
        /// How many candles it concerned.
        let candles: Int
    }

    /// Absent before the ingestor's first word.
    let feed: Feed?
    /// Whether the feed has ended and the executor, the last stage, has done all of it.
    let finished: Bool
    /// The risk gate's state at its last decision: `active`, `reducing` or `halted`.
    let tradingState: String
    let sources: [Source]
    /// The event time of the last event in the feed.
    let feedTime: Int64?
    let feedPosition: UInt64
    /// How far the executor is.
    let executedPosition: UInt64
    /// Present where the feed's end is known.
    var progress: Progress?
    /// Absent before the executor's first account.
    let account: Account?
    let positions: [Position]
    let calls: Calls
    /// Absent before the first prediction.
    let holding: Holding?
    /// The last asked for first.
    let jobs: [Job]
    let counts: Counts
    let anomalies: [AnomalyCount]
    let instruments: [String]
    let timeframes: [String]
    /// The recorder's clock.
    var serverTime: Int64 = 0
    /// When the feed or the account last moved, by the recorder's clock.
    var lastChangeTime: Int64 = 0
    /// Whether ``lastChangeTime`` is longer ago than it may be while there is something left to do.
    var stale = false
}

struct EquityPoint: Codable, Sendable, Equatable {
    let time: Int64
    let equity: Double
    /// The deepest fall below the peak since the point before, as a fraction of the peak, 0…1.
    let drawdown: Double
}

struct CandleBar: Codable, Sendable, Equatable {
    /// The open time.
    let time: Int64
    let open: Double
    let high: Double
    let low: Double
    let close: Double
    /// In base currency.
    let volume: Double
    let source: String
}

/// A prediction, and whether it came true once the candle after it has closed.
struct JudgedPrediction: Codable, Sendable, Equatable {
    let model: String
    let role: String
    let timeframe: String
    let openTime: Int64
    let asOf: Int64
    /// That the next close lies above the reference price.
    let probability: Double
    /// Its standard deviation over passes with dropout; absent from models that make none.
    let uncertainty: Double?
    let signal: Double
    let confidence: Double
    let referencePrice: Double
    /// The next close; absent until it is known.
    let outcomePrice: Double?
    let correct: Bool?
}

struct OrderRow: Codable, Sendable, Equatable {
    let time: Int64
    let clientID: String
    let instrument: String
    let side: String
    let kind: String
    let quantity: String
    let limitPrice: String?
    /// `sent` until the venue has answered.
    let state: String
    let filledQuantity: String
    let reason: String
}

struct FillRow: Codable, Sendable, Equatable {
    let time: Int64
    let id: String
    let clientID: String
    let instrument: String
    let side: String
    let quantity: String
    let price: String
    let fee: String
}

struct MetricSeries: Codable, Sendable, Equatable {
    struct Point: Codable, Sendable, Equatable {
        let time: Int64
        let value: Double
    }

    let name: String
    let label: String
    let points: [Point]
}

struct ServiceRow: Codable, Sendable, Equatable {
    /// What has come from one of those whom it follows; messages, batches that wait, positions known and not arrived.
    struct Input: Codable, Sendable, Equatable {
        let source: String
        let received: UInt64
        let missing: UInt64
        let recovered: UInt64
        let waiting: Int
        let behind: UInt64
    }

    let name: String
    /// Tells those of the same name apart; absent for a service of which there is one.
    let instance: String?
    let ready: Bool
    /// Behind the feed's event time.
    let lagMilliseconds: Double
    let position: UInt64
    let residentBytes: Int64
    let restarts: Int
    /// The last thing that went wrong, also in an earlier process of the service.
    let lastError: String?
    let lastErrorTime: Int64?
    /// When the process started; messages are counted from then on.
    let startedAt: Int64
    let processID: Int32
    let published: UInt64
    let inputs: [Input]
    /// When it was last heard of.
    let heartbeat: Int64
}

struct ModelRow: Codable, Sendable, Equatable {
    let alias: String
    let version: String
    let model: String
    let featureSet: String
    /// The span of the data that it learned from.
    let dataFrom: Int64
    let dataTo: Int64
    let activatedAt: Int64
    /// What was measured when it was trained, for example `accuracy`.
    let metrics: [String: Double]
}
