public import Schema

/// One fit of a model, good or bad.
///
/// The deflated Sharpe ratio is taken from their number, so none may go missing.
public struct Trial: Sendable, Equatable {
    public let job: Int64
    public let model: String
    public let fold: Int
    public let settings: JSONText
    public let metrics: JSONText
    /// `nil` only in fits of builds that did not keep it.
    public let seed: UInt64?
    /// Of the predictions; `nil` only in fits of builds that did not keep it.
    public let timeframe: Timeframe?
    /// The Sharpe ratio per bar of the timeframe, after costs; `nil` where the returns never change.
    public let sharpe: Double?

    public init(
        job: Int64, model: String, fold: Int, settings: JSONText, metrics: JSONText, seed: UInt64,
        timeframe: Timeframe, sharpe: Double?
    ) {
        precondition(sharpe?.isFinite != false, "a ratio is a number")
        self.job = job
        self.model = model
        self.fold = fold
        self.settings = settings
        self.metrics = metrics
        self.seed = seed
        self.timeframe = timeframe
        self.sharpe = sharpe
    }

    fileprivate init(_ row: Row, job: Int64) throws(StoreError) {
        self.job = job
        model = try row.value("model")
        fold = try row.value("fold")
        settings = try row.value("settings")
        metrics = try row.value("metrics")
        seed = try row.optional("seed", as: Int64.self).map { UInt64(bitPattern: $0) }
        timeframe = try row.optional("timeframe", as: String.self) == nil ? nil : row.name("timeframe")
        sharpe = try row.optional("sharpe")
    }
}

/// Keeps the trials of all jobs.
public struct TrialStore {
    private static let table = Table(
        "trials", key: ["job_id", "fold"],
        columns: ["job_id", "model", "fold", "settings", "metrics", "seed", "timeframe", "sharpe"])

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Keeps a trial; recording it again changes nothing.
    ///
    /// - Returns: `false` when it was there.
    /// - Throws: ``StoreError/conflict(table:key:)`` when the job's fold gave another result before.
    @discardableResult
    public func record(_ trial: Trial) throws(StoreError) -> Bool {
        let rows = RowBuffer(Self.table)
        rows.add { writer in
            writer.write(trial.job)
            writer.write(trial.model)
            writer.write(Int32(clamping: trial.fold))
            writer.write(trial.settings)
            writer.write(trial.metrics)
            writer.write(trial.seed.map { Int64(bitPattern: $0) })
            writer.write(trial.timeframe?.rawValue)
            writer.write(trial.sharpe)
        }
        return try connection.transaction { () throws(StoreError) in try connection.insert(rows).inserted > 0 }
    }

    /// The trials of a job, by fold.
    public func trials(job: Int64) throws(StoreError) -> [Trial] {
        let rows = try connection.run("SELECT * FROM trials WHERE job_id = \(job) ORDER BY fold")
        var trials: [Trial] = []
        for row in rows { trials.append(try Trial(row, job: job)) }
        return trials
    }

    /// How often a model has been fitted so far.
    public func count(model: String) throws(StoreError) -> Int {
        try connection.run("SELECT count(*) FROM trials WHERE model = \(model)")[0].value(0)
    }

    /// The Sharpe ratios per bar of everything that was fitted at a timeframe by trainings up to one; `nil` for a fit that
    /// has none.
    ///
    /// They come by training, job and fold, so that sums over them are the same to the last bit.
    ///
    /// - Parameters:
    ///   - timeframe: Of the predictions.
    ///   - id: The last training's job; its children count as it does.
    /// - Returns: One a fit, but those of builds that did not keep the timeframe.
    /// - Throws: ``StoreError`` when the database refuses or is gone.
    public func sharpeRatios(timeframe: Timeframe, ofTrainingsUpTo id: Int64) throws(StoreError) -> [Double?] {
        let rows = try connection.run(
            """
            SELECT sharpe FROM trials JOIN jobs ON jobs.id = job_id
            WHERE timeframe = \(timeframe.rawValue) AND coalesce(parent, job_id) <= \(id)
            ORDER BY coalesce(parent, job_id), job_id, fold
            """)
        var ratios: [Double?] = []
        for row in rows { ratios.append(try row.optional(0)) }
        return ratios
    }
}
