/// The trainers that do one fit together, each as a rank: who they are, and what they leave each other until they are
/// connected.
///
/// Rank 0 is the holder of the fit's lease; it opens the group, and everybody else takes a free seat in it. A group lives
/// as long as that lease. It is broken for good when the holder of a seat leaves or falls silent: then rank 0 opens
/// another, so that no rank ever meets one of an earlier try.
public struct RankGroups {
    let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// How far a group has come together.
    public struct Gathering: Sendable, Equatable {
        public let ranks: Int
        /// Those that are there, rank 0 among them.
        public let present: Int
        /// Whether all are there and have read what they learn from.
        public let isComplete: Bool
        /// Whether one has left or fallen silent.
        public let isBroken: Bool
    }

    /// Opens a group for a fit, in place of an earlier one.
    ///
    /// - Parameters:
    ///   - lease: Of the fit.
    ///   - ranks: How many shall do it; at least 2.
    ///   - terms: What a trainer must be to take part; only who says the same is let in.
    /// - Returns: The group's id.
    /// - Throws: ``StoreError/leaseLost(job:)``.
    public func open(for lease: JobLease, ranks: Int, terms: String) throws(StoreError) -> Int64 {
        precondition(ranks > 1, "one alone needs no group")
        let job = lease.job.id
        return try connection.transaction { () throws(StoreError) in
            // Also those whose leaders have died: nobody else takes them away.
            try connection.run(
                """
                DELETE FROM rank_groups USING jobs
                WHERE jobs.id = rank_groups.job_id AND (jobs.id = \(job) OR NOT (\(trusted: Self.isAlive)))
                """)
            let rows = try connection.run(
                """
                INSERT INTO rank_groups (job_id, attempt, terms)
                SELECT id, attempts, \(terms) FROM jobs
                WHERE id = \(job) AND state = 'leased' AND lease_owner = \(lease.owner) AND attempts = \(lease.attempt)
                RETURNING id
                """)
            guard let row = rows.first else { throw .leaseLost(job: job) }
            let group: Int64 = try row.value(0)
            try connection.run(
                "INSERT INTO rank_seats (group_id, rank) SELECT \(group), generate_series(1, \(ranks) - 1)")
            try connection.notify(JobQueue.channel, "\(job)")
            return group
        }
    }

    /// Ends a group, with all that was left in it; nothing happens where it has ended already.
    public func close(_ group: Int64) throws(StoreError) {
        try connection.run("DELETE FROM rank_groups WHERE id = \(group)")
    }

    /// How far a group has come together; `nil` when it has ended.
    public func gathering(of group: Int64) throws(StoreError) -> Gathering? {
        try gatherings(of: group).first
    }

    /// The groups of a training's fits that are not complete yet, those of the first fits first.
    public func gatherings(ofTraining training: Int64) throws(StoreError) -> [Gathering] {
        try gatherings(training: training).filter { !$0.isComplete }
    }

    private func gatherings(of group: Int64? = nil, training: Int64? = nil) throws(StoreError) -> [Gathering] {
        var found: [Gathering] = []
        for row in try connection.run(
            """
            SELECT count(*) + 1 AS ranks, count(holder) + 1 AS present, bool_and(is_ready) AS complete,
                bool_or(rank_seats.error IS NOT NULL
                    OR coalesce(rank_seats.lease_until <= clock_timestamp(), false)) AS broken
            FROM rank_groups JOIN jobs ON jobs.id = job_id JOIN rank_seats ON group_id = rank_groups.id
            WHERE rank_groups.id = \(group) OR (jobs.parent = \(training) AND \(trusted: Self.isAlive))
            GROUP BY rank_groups.id, job_id ORDER BY job_id
            """)
        {
            found.append(
                Gathering(
                    ranks: try row.value("ranks"), present: try row.value("present"),
                    isComplete: try row.value("complete"), isBroken: try row.value("broken")))
        }
        return found
    }

    /// Why holders of seats have left a group, by rank.
    public func errors(in group: Int64) throws(StoreError) -> [String] {
        var errors: [String] = []
        for row in try connection.run(
            """
            SELECT format('rank %s: %s', rank, error) FROM rank_seats
            WHERE group_id = \(group) AND error IS NOT NULL ORDER BY rank
            """)
        {
            errors.append(try row.value(0))
        }
        return errors
    }

    /// Whether a fit that was asked for earlier waits for trainers of these terms.
    public func isAwaited(before job: Int64, terms: String) throws(StoreError) -> Bool {
        try !connection.run(
            """
            SELECT FROM rank_groups JOIN jobs ON jobs.id = job_id JOIN rank_seats ON group_id = rank_groups.id
            WHERE job_id < \(job) AND terms = \(terms) AND holder IS NULL AND \(trusted: Self.isAlive) LIMIT 1
            """
        ).isEmpty
    }

    /// Whether rank 0 still holds the lease under which it opened the group.
    static let isAlive = """
        jobs.state = 'leased' AND jobs.attempts = rank_groups.attempt AND jobs.lease_until > clock_timestamp()
        """
}
