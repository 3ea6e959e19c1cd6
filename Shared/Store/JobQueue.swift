/// Jobs for any number of workers, each claimed by one at a time.
///
/// A worker that dies lets its lease run out, and another goes on from the last checkpoint; a job over which several
/// die without getting any further is given up. Leases are timed by the server's clock alone. A job may be divided into
/// children that any worker takes; it waits for them, and is then claimed once more.
public struct JobQueue {
    /// Notified, with the job's id, of jobs that can be claimed and of jobs that have ended.
    public static let channel = "tidegate_jobs"

    let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Asks for work.
    ///
    /// Asking again for work that has failed is asking for it to be tried again, from its last checkpoint.
    ///
    /// - Parameters:
    ///   - kind: Says which workers can do it.
    ///   - payload: What is asked for.
    ///   - key: Names the work.
    ///   - lostLimit: How many workers may fall silent over it, one after the other and none getting further, until it
    ///     has failed; at least 1.
    /// - Returns: The job's id; that of the first asking, where the key is known.
    /// - Throws: ``StoreError/conflict(table:key:)`` when other work was asked for under this key.
    @discardableResult
    public func submit(
        _ kind: String, payload: JSONText, key: String, lostLimit: Int = 5
    ) throws(StoreError) -> Int64 {
        let order = JobOrder(kind: kind, payload: payload, key: key, lostLimit: lostLimit)
        return try connection.transaction { () throws(StoreError) in try place(order, parent: nil) }
    }

    /// Asks for work, as a part of another job or as a whole; to be called in a transaction.
    @discardableResult
    func place(_ order: JobOrder, parent: Int64?) throws(StoreError) -> Int64 {
        let new = try connection.run(
            """
            INSERT INTO jobs (kind, payload, key, lost_limit, parent)
            VALUES (\(order.kind), \(order.payload), \(order.key), \(order.lostLimit), \(parent))
            ON CONFLICT (key) DO UPDATE SET state = 'queued', lost = 0, error = NULL, updated_at = now()
            WHERE jobs.state = 'failed' AND jobs.kind = excluded.kind AND jobs.payload = excluded.payload
            AND jobs.parent IS NOT DISTINCT FROM excluded.parent
            RETURNING id
            """)
        if let row = new.first {
            let id: Int64 = try row.value(0)
            try connection.notify(Self.channel, "\(id)")
            return id
        }
        guard let id = try known(order, parent: parent) else { throw .conflict(table: "jobs", key: order.key) }
        return id
    }

    /// The id of work that was asked for before; `nil` where its key is not known.
    func known(_ order: JobOrder, parent: Int64?) throws(StoreError) -> Int64? {
        let rows = try connection.run(
            """
            SELECT id, kind = \(order.kind) AND payload = \(order.payload)
                AND parent IS NOT DISTINCT FROM \(parent) AS same
            FROM jobs WHERE key = \(order.key)
            """)
        guard let row = rows.first else { return nil }
        guard try row.value("same") else { throw .conflict(table: "jobs", key: order.key) }
        return try row.value("id")
    }

    /// Makes the lease hold for `seconds` from now.
    ///
    /// - Returns: `false` when the lease is lost: the worker must stop, and write nothing more.
    public func heartbeat(_ lease: JobLease, seconds: Double, progress: Double? = nil) throws(StoreError) -> Bool {
        try connection.run(
            """
            UPDATE jobs SET lease_until = clock_timestamp() + make_interval(secs => \(seconds)), updated_at = now(),
                progress = coalesce(\(progress), progress)
            WHERE id = \(lease.job.id) AND state = 'leased' AND lease_owner = \(lease.owner)
            AND attempts = \(lease.attempt)
            """
        ).affected == 1
    }

    /// Keeps how far the work is, for whoever goes on with it; getting further forgives the workers that were lost.
    ///
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func saveCheckpoint(_ bytes: [UInt8], progress: Double? = nil, _ lease: JobLease) throws(StoreError) {
        let changed = try connection.run(
            """
            UPDATE jobs SET checkpoint = \(bytes), updated_at = now(), progress = coalesce(\(progress), progress),
                lost = CASE WHEN \(progress) > progress THEN 0 ELSE lost END
            WHERE id = \(lease.job.id) AND state = 'leased' AND lease_owner = \(lease.owner)
            AND attempts = \(lease.attempt)
            """
        ).affected
        guard changed == 1 else { throw .leaseLost(job: lease.job.id) }
    }

    /// Ends the job with a result, and lets its checkpoint go; saying it again changes nothing.
    ///
    /// - Parameters:
    ///   - lease: The lease of the job; it ends.
    ///   - result: What the job came to, for people.
    ///   - output: What it made, for whoever asked for it.
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func complete(_ lease: JobLease, result: JSONText, output: [UInt8]? = nil) throws(StoreError) {
        try end(lease, as: .done, result: result, output: output)
    }

    /// Ends the job without one; `error` says for a person what went wrong.
    ///
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func fail(_ lease: JobLease, error: String) throws(StoreError) {
        try end(lease, as: .failed, error: error)
    }

    /// Gives the job back, for example at shutdown; another goes on with it at once.
    ///
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func release(_ lease: JobLease) throws(StoreError) {
        try end(lease, as: .queued)
    }

    private func end(
        _ lease: JobLease, as state: Job.State, result: JSONText? = nil, output: [UInt8]? = nil, error: String? = nil
    ) throws(StoreError) {
        let isDone = state == .done
        try connection.transaction { () throws(StoreError) in
            // The owner stays in the row, so that an end whose answer got lost can be said again. By then the output
            // may have been dropped.
            let changed = try connection.run(
                """
                UPDATE jobs SET state = \(state.rawValue), result = \(result), error = \(error), lease_until = NULL,
                    progress = CASE WHEN \(isDone) THEN 1 ELSE progress END,
                    checkpoint = CASE WHEN \(isDone) THEN NULL ELSE checkpoint END,
                    output = CASE state WHEN 'leased' THEN \(output) ELSE output END, updated_at = now()
                WHERE id = \(lease.job.id) AND lease_owner = \(lease.owner) AND attempts = \(lease.attempt)
                AND state IN ('leased', \(state.rawValue))
                """
            ).affected
            guard changed == 1 else { throw .leaseLost(job: lease.job.id) }
            try connection.notify(Self.channel, "\(lease.job.id)")
        }
    }
}
