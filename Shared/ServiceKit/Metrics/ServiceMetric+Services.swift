internal import Pipeline
internal import Schema
internal import Store

/// What single services tell of their own work.
extension ServiceMetric {
    /// Every metric of every service.
    public static let all = process + pipeline + own

    private static let own = [
        sourceRows, anomalies, feedInterval, feedFinished, feedPagesRead, venueFailures, venueMessages,
        venueConnections, venueConnectionsFailed, venueGaps, venueLosses, venueBackfilled, venueMalformed,
        venueClockOffset, batchesServed, modelInForce, modelInfo, modelStandIns, riskState, drawdownLatched, drawdown,
        decisions, verdictsFailed, orderEvents, openOrders, fills, equity, jobsLetGo, jobLease, jobProgress,
        trainingLoss, jobHeartbeat, queuedJobs,
    ]

    // MARK: ingestor, synthetic-generator

    private static let ingestor = Scope.only([Topology.ingestor])

    public static let sourceRows = Self(
        "tidegate_source_rows_total", .counter, "Candles taken from the source", by: ingestor)
    public static let anomalies = Self(
        "tidegate_anomalies_total", .counter, "What was found wrong with the data, by its kind",
        labels: [Label("kind", oneOf: Anomaly.Kind.allCases.map(\.rawValue))], by: ingestor)
    public static let feedInterval = Self(
        "tidegate_feed_interval_seconds", .gauge,
        "How long the source takes between two batches; 0 when it gives them as fast as they are taken", by: ingestor)
    public static let feedFinished = Self(
        "tidegate_feed_finished", .gauge, "1 when the source has no more", by: ingestor)
    public static let feedPagesRead = Self(
        "tidegate_feed_pages_read_total", .counter, "Answers to consumers that were read from the stored feed",
        by: ingestor)
    public static let venueFailures = Self(
        "tidegate_venue_failures_total", .counter, "Requests to a venue that failed and are made again", by: ingestor)

    private static let venue = Label("venue", .few(because: "venues are named in the code"))

    public static let venueMessages = Self(
        "tidegate_venue_messages_total", .counter, "Messages that came on a venue's streams", labels: [venue],
        by: ingestor)
    public static let venueConnections = Self(
        "tidegate_venue_connections_total", .counter, "Connections to a venue's streams that stood", labels: [venue],
        by: ingestor)
    public static let venueConnectionsFailed = Self(
        "tidegate_venue_connections_failed_total", .counter, "Attempts to connect to a venue's streams that failed",
        labels: [venue], by: ingestor)
    public static let venueGaps = Self(
        "tidegate_venue_gaps_total", .counter, "Holes in a venue's streams, filled or not", labels: [venue],
        by: ingestor)
    public static let venueLosses = Self(
        "tidegate_venue_losses_total", .counter,
        "Holes that could not be filled, those of quotes and books among them, of which only the newest counts",
        labels: [venue], by: ingestor)
    public static let venueBackfilled = Self(
        "tidegate_venue_backfilled_total", .counter, "Trades and candles fetched to fill holes", labels: [venue],
        by: ingestor)
    public static let venueMalformed = Self(
        "tidegate_venue_malformed_total", .counter, "Messages of a venue that could not be read", labels: [venue],
        by: ingestor)
    public static let venueClockOffset = Self(
        "tidegate_venue_clock_offset_seconds", .gauge, "How far a venue's clock is ahead of ours", labels: [venue],
        by: ingestor)
    public static let batchesServed = Self(
        "tidegate_batches_served_total", .counter, "Batches of made-up candles given to who asked",
        by: .only([Topology.syntheticGenerator]))

    // MARK: inference-server

    private static let inference = Scope.only([Topology.inferenceServer])

    public static let modelInForce = Self(
        "tidegate_model_in_force", .gauge, "1 when the alias has a model version",
        labels: [Label("alias", oneOf: ["champion", "canary", "challenger", "shadow"])], by: inference)
    public static let modelInfo = Self(
        "tidegate_model_info", .gauge, "Always 1; the labels say which version predicts under which alias",
        labels: [
            Label("alias", .few(because: "aliases are few")), Label("version", .few(because: "one of each alias")),
        ], by: inference)
    public static let modelStandIns = Self(
        "tidegate_model_stand_ins_total", .counter,
        "Predictions that another model made since the one that should trade refused to", by: inference)

    // MARK: risk-gate

    private static let riskGate = Scope.only([Topology.riskGate])

    public static let riskState = Self(
        "tidegate_risk_state", .gauge, "1 for the state that trading is in, 0 for the others",
        labels: [Label("state", oneOf: TradingState.allCases.map(\.rawValue))], by: riskGate)
    public static let drawdownLatched = Self(
        "tidegate_risk_drawdown_latched", .gauge, "1 from the drawdown limit on until an operator resumes", by: riskGate
    )
    public static let drawdown = Self(
        "tidegate_risk_drawdown_ratio", .gauge, "Loss since the peak of equity, as a fraction of it", by: riskGate)
    public static let decisions = Self(
        "tidegate_decisions_total", .counter, "Decisions by what was decided",
        labels: [Label("action", oneOf: Decision.Action.allCases.map(\.rawValue))], by: riskGate)
    public static let verdictsFailed = Self(
        "tidegate_verdicts_failed_total", .counter, "Rules that forbade or cut what was wanted",
        labels: [Label("rule", .few(because: "the rules are named in the code"))], by: riskGate)

    // MARK: executor

    private static let executor = Scope.only([Topology.executor])

    public static let orderEvents = Self(
        "tidegate_order_events_total", .counter, "Steps in the life of orders, by the state that they led to",
        labels: [Label("state", oneOf: OrderEvent.State.allCases.map(\.rawValue))], by: executor)
    public static let openOrders = Self(
        "tidegate_open_orders", .gauge, "Orders at the venue that are not done", by: executor)
    public static let fills = Self("tidegate_fills_total", .counter, "Trades of ours", by: executor)
    public static let equity = Self(
        "tidegate_account_equity_quote", .gauge, "Cash and positions at their marks, in quote currency", by: executor)

    // MARK: trainer

    private static let trainer = Scope.only([Topology.trainer])

    public static let jobsLetGo = Self(
        "tidegate_jobs_total", .counter, "Jobs that this trainer let go, by why",
        labels: [Label("state", oneOf: ["divided", "done", "failed", "lost", "released"])], by: trainer)
    public static let jobLease = Self(
        "tidegate_job_lease", .gauge, "1 for the state of the lease in hand, 0 for the others",
        labels: [Label("state", oneOf: ["none", "held", "lost"])], by: trainer)
    public static let jobProgress = Self(
        "tidegate_job_progress_ratio", .gauge, "Share of the job in hand that is done", by: trainer)
    public static let trainingLoss = Self(
        "tidegate_training_loss", .gauge,
        "Mean loss of the last batch or tree of the fit in hand, and that of its validation samples",
        labels: [Label("part", oneOf: ["training", "validation"])], by: trainer)
    public static let jobHeartbeat = Self(
        "tidegate_job_heartbeat_timestamp_seconds", .gauge,
        "When the lease in hand was last renewed, in seconds since 1970; 0 before the first time", by: trainer)
    public static let queuedJobs = Self(
        "tidegate_queue_jobs", .gauge, "Jobs in the table by their state, as seen by any trainer",
        labels: [Label("state", oneOf: Job.State.allCases.map(\.rawValue))], by: trainer)
}
