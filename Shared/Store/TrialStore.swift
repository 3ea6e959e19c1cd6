/// One fit of a model, good or bad.
///
/// The deflated Sharpe ratio is taken from their number, so none may go missing.
public struct Trial: Sendable, Equatable {
    public let job: Int64
    public let model: String
    public let fold: Int
    public let settings: JSONText
    public let metrics: JSONText

    public init(job: Int64, model: String, fold: Int, settings: JSONText, metrics: JSONText) {
        self.job = job
        self.model = model
        self.fold = fold
        self.settings = settings
        self.metrics = metrics
    }
}

/// Keeps the trials of all jobs.
public struct TrialStore {
    private static let table = Table(
        "trials", key: ["job_id", "fold"], columns: ["job_id", "model", "fold", "settings", "metrics"])

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
        }
        return try connection.transaction { () throws(StoreError) in try connection.insert(rows).inserted > 0 }
    }

    /// The trials of a job, by fold.
    public func trials(job: Int64) throws(StoreError) -> [Trial] {
        let rows = try connection.run(
            "SELECT model, fold, settings, metrics FROM trials WHERE job_id = \(job) ORDER BY fold")
        var trials: [Trial] = []
        for row in rows {
            trials.append(
                Trial(
                    job: job, model: try row.value("model"), fold: try row.value("fold"),
                    settings: try row.value("settings"), metrics: try row.value("metrics")))
        }
        return trials
    }

    /// How often a model has been fitted so far.
    public func count(model: String) throws(StoreError) -> Int {
        try connection.run("SELECT count(*) FROM trials WHERE model = \(model)")[0].value(0)
    }
}
