/// Work that somebody asked for, and how far it is.
public struct Job: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable { case queued, leased, done, failed }

    public let id: Int64
    public let kind: String
    public let payload: JSONText
    /// Names the work: asking for it again under the same key is asking once.
    public let key: String
    public let state: State
    /// Claims so far.
    public let attempts: Int
    /// Workers that fell silent over it since it last got further.
    public let lost: Int
    /// 0…1, as the last holder of the lease said.
    public let progress: Double
    public let result: JSONText?
    public let error: String?
}

/// The right to work on a job, until it runs out.
public struct JobLease: Sendable, Equatable {
    public let job: Job
    public let owner: String
    /// How far an earlier holder had come; `nil` at the beginning.
    public let checkpoint: [UInt8]?

    /// With the owner it names the lease, so that a holder that lost it and came back is told from its former self.
    var attempt: Int { job.attempts }
}

/// Jobs for any number of workers, each claimed by one at a time.
///
/// A worker that dies lets its lease run out, and another goes on from the last checkpoint; a job over which several die
/// without getting any further is given up. Leases are timed by the server's clock alone.
public struct JobQueue {
    /// Notified, with the job's id, of jobs that can be claimed and of jobs that have ended.
    public static let channel = "tidegate_jobs"

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Asks for work.
    ///
    /// - Parameters:
    ///   - kind: Says which workers can do it.
    ///   - payload: What is asked for.
    ///   - key: Names the work.
    ///   - lostLimit: How many workers may fall silent over it, one after the other and none getting further, until it has
    ///     failed; at least 1.
    /// Asking again for work that has failed is asking for it to be tried again, from its last checkpoint.
    ///
    /// - Returns: The job's id; that of the first asking, where the key is known.
    /// - Throws: ``StoreError/conflict(table:key:)`` when other work was asked for under this key.
    @discardableResult
    public func submit(
        _ kind: String, payload: JSONText, key: String, lostLimit: Int = 5
    ) throws(StoreError) -> Int64 {
        precondition(lostLimit > 0, "a job is tried once at least")
        return try connection.transaction { () throws(StoreError) in
            let new = try connection.run(
                """
                INSERT INTO jobs (kind, payload, key, lost_limit)
                VALUES (\(kind), \(payload), \(key), \(lostLimit))
                ON CONFLICT (key) DO UPDATE SET state = 'queued', lost = 0, error = NULL, updated_at = now()
                WHERE jobs.state = 'failed' AND jobs.kind = excluded.kind AND jobs.payload = excluded.payload
                RETURNING id
                """)
            if let row = new.first {
                let id: Int64 = try row.value(0)
                try connection.notify(Self.channel, "\(id)")
                return id
            }
            let known = try connection.run(
                "SELECT id, kind = \(kind) AND payload = \(payload) AS same FROM jobs WHERE key = \(key)")
            guard let row = known.first, try row.value("same") else { throw .conflict(table: "jobs", key: key) }
            return try row.value("id")
        }
    }

    /// Takes the oldest job that is queued, or whose lease has run out, and gives up those that lost too many workers.
    ///
    /// - Parameters:
    ///   - kinds: The kinds of job that the worker can do.
    ///   - owner: Names the worker; no other may have the same name.
    ///   - seconds: How long the lease holds without ``heartbeat(_:seconds:progress:)``.
    /// - Returns: `nil` when there is nothing to do.
    /// - Throws: ``StoreError`` when the database refuses or is gone.
    public func claim(_ kinds: [String], owner: String, seconds: Double) throws(StoreError) -> JobLease? {
        try giveUp(kinds)
        let rows = try connection.run(
            """
            UPDATE jobs SET state = 'leased', attempts = attempts + 1, lease_owner = \(owner),
                lost = lost + CASE state WHEN 'leased' THEN 1 ELSE 0 END,
                lease_until = clock_timestamp() + make_interval(secs => \(seconds)), updated_at = now()
            WHERE id = (
                SELECT id FROM jobs
                WHERE (state = 'queued'
                    OR (state = 'leased' AND lease_until <= clock_timestamp() AND lost + 1 < lost_limit))
                AND kind = ANY(\(kinds))
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING \(columns: Self.columns), checkpoint
            """)
        guard let row = rows.first else { return nil }
        return JobLease(job: try Self.job(row), owner: owner, checkpoint: try row.optional("checkpoint"))
    }

    /// Fails the jobs whose last permitted worker has fallen silent too.
    private func giveUp(_ kinds: [String]) throws(StoreError) {
        try connection.run(
            """
            UPDATE jobs SET state = 'failed', lost = lost + 1, lease_until = NULL, updated_at = now(),
                error = format(
                    'given up: workers in a row that fell silent over it: %s, at %s %%; the last was %s (attempt %s)',
                    lost + 1, round((progress * 100)::numeric, 1), lease_owner, attempts)
            WHERE id IN (
                SELECT id FROM jobs
                WHERE state = 'leased' AND lease_until <= clock_timestamp() AND lost + 1 >= lost_limit
                AND kind = ANY(\(kinds)) FOR UPDATE SKIP LOCKED)
            RETURNING pg_notify(\(Self.channel), id::text)
            """)
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

    /// Ends the job with a result; saying it again changes nothing.
    ///
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func complete(_ lease: JobLease, result: JSONText) throws(StoreError) {
        try end(lease, as: .done, result: result, error: nil)
    }

    /// Ends the job without one; `error` says for a person what went wrong.
    ///
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func fail(_ lease: JobLease, error: String) throws(StoreError) {
        try end(lease, as: .failed, result: nil, error: error)
    }

    /// Gives the job back, for example at shutdown; another goes on with it at once.
    ///
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func release(_ lease: JobLease) throws(StoreError) {
        try end(lease, as: .queued, result: nil, error: nil)
    }

    public func job(_ id: Int64) throws(StoreError) -> Job? {
        let rows = try connection.run("SELECT \(columns: Self.columns) FROM jobs WHERE id = \(id)")
        guard let row = rows.first else { return nil }
        return try Self.job(row)
    }

    /// How many jobs there are in each state.
    public func counts() throws(StoreError) -> [Job.State: Int] {
        var counts: [Job.State: Int] = [:]
        for row in try connection.run("SELECT state, count(*) AS count FROM jobs GROUP BY state") {
            counts[try row.name("state")] = try row.value("count", as: Int.self)
        }
        return counts
    }

    /// All jobs, the last first.
    public func jobs(limit: Int = 100) throws(StoreError) -> [Job] {
        let rows = try connection.run("SELECT \(columns: Self.columns) FROM jobs ORDER BY id DESC LIMIT \(limit)")
        var jobs: [Job] = []
        for row in rows { jobs.append(try Self.job(row)) }
        return jobs
    }

    private func end(
        _ lease: JobLease, as state: Job.State, result: JSONText?, error: String?
    ) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            // The owner stays in the row, so that an end whose answer got lost can be said again.
            let changed = try connection.run(
                """
                UPDATE jobs SET state = \(state.rawValue), result = \(result), error = \(error), lease_until = NULL,
                    progress = CASE WHEN \(state == .done) THEN 1 ELSE progress END, updated_at = now()
                WHERE id = \(lease.job.id) AND lease_owner = \(lease.owner) AND attempts = \(lease.attempt)
                AND state IN ('leased', \(state.rawValue))
                """
            ).affected
            guard changed == 1 else { throw .leaseLost(job: lease.job.id) }
            try connection.notify(Self.channel, "\(lease.job.id)")
        }
    }

    private static let columns = [
        "id", "kind", "payload", "key", "state", "attempts", "lost", "progress", "result", "error",
    ]

    private static func job(_ row: Row) throws(StoreError) -> Job {
        Job(
            id: try row.value("id"), kind: try row.value("kind"), payload: try row.value("payload"),
            key: try row.value("key"), state: try row.name("state"), attempts: try row.value("attempts"),
            lost: try row.value("lost"), progress: try row.value("progress"), result: try row.optional("result"),
            error: try row.optional("error"))
    }
}
