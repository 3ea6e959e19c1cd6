extension JobQueue {
    /// Takes a job that is queued, or whose lease has run out, and gives up those that lost too many workers.
    ///
    /// Wholes go first come first served, each with its children; a job with a child that has not ended waits.
    ///
    /// - Parameters:
    ///   - kinds: The kinds of job that the worker can do.
    ///   - owner: Names the worker; no other may have the same name.
    ///   - seconds: How long the lease holds without ``heartbeat(_:seconds:progress:)``.
    /// - Returns: `nil` when there is nothing to do.
    /// - Throws: ``StoreError`` when the database refuses or is gone.
    public func claim(_ kinds: [String], owner: String, seconds: Double) throws(StoreError) -> JobLease? {
        try giveUp(kinds)
        return try connection.transaction { () throws(StoreError) in
            while let id = try lockNext(kinds) {
                if let lease = try take(id, owner: owner, seconds: seconds) { return lease }
            }
            return nil
        }
    }

    /// The next job to claim; nobody else changes it before the transaction ends.
    private func lockNext(_ kinds: [String]) throws(StoreError) -> Int64? {
        try connection.run(
            """
            SELECT id FROM jobs
            WHERE (state = 'queued'
                OR (state = 'leased' AND lease_until <= clock_timestamp() AND lost + 1 < lost_limit))
            AND kind = ANY(\(kinds))
            AND NOT EXISTS (
                SELECT FROM jobs AS child WHERE child.parent = jobs.id AND child.state IN ('queued', 'leased'))
            ORDER BY coalesce(parent, id), id LIMIT 1 FOR UPDATE OF jobs SKIP LOCKED
            """
        ).first?.value(0)
    }

    /// Leases a locked job; `nil` where it was divided just before it was locked.
    ///
    /// The statement that locked the job saw the job's latest version, but of other rows those that were there when it
    /// began, and so may have missed the children that came with a division. This one, begun under the lock, sees them.
    private func take(_ id: Int64, owner: String, seconds: Double) throws(StoreError) -> JobLease? {
        let rows = try connection.run(
            """
            UPDATE jobs SET state = 'leased', attempts = attempts + 1, lease_owner = \(owner),
                lost = lost + CASE state WHEN 'leased' THEN 1 ELSE 0 END,
                lease_until = clock_timestamp() + make_interval(secs => \(seconds)), updated_at = now()
            WHERE id = \(id)
            AND NOT EXISTS (
                SELECT FROM jobs AS child WHERE child.parent = \(id) AND child.state IN ('queued', 'leased'))
            RETURNING \(columns: Job.columns), checkpoint
            """)
        guard let row = rows.first else { return nil }
        return JobLease(job: try Job(row), owner: owner, checkpoint: try row.optional("checkpoint"))
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
}
