/// A rank of a fit that another trainer leads, until the lease on it runs out.
public struct RankSeat: Sendable, Equatable {
    /// The group's id.
    public let group: Int64
    /// From 1; the leader is 0.
    public let rank: Int
    /// Of the group, with the leader.
    public let ranks: Int
    /// The fit.
    public let job: Job
    public let holder: String
    /// Where the fit goes on; `nil` at the beginning.
    public let checkpoint: [UInt8]?
}

extension RankGroups {
    /// Takes a free seat, in the group of the fit that was asked for first.
    ///
    /// - Parameters:
    ///   - terms: What this trainer is; groups of other terms are not for it.
    ///   - holder: Names the trainer; no other may have the same name.
    ///   - seconds: How long the seat is kept without ``heartbeat(_:seconds:)``.
    /// - Returns: `nil` when no group has a free seat.
    /// - Throws: ``StoreError`` when the database refuses or is gone.
    public func claim(terms: String, holder: String, seconds: Double) throws(StoreError) -> RankSeat? {
        try connection.transaction { () throws(StoreError) in
            let taken = try connection.run(
                """
                UPDATE rank_seats SET holder = \(holder),
                    lease_until = clock_timestamp() + make_interval(secs => \(seconds))
                WHERE (group_id, rank) = (
                    SELECT group_id, rank
                    FROM rank_seats JOIN rank_groups ON rank_groups.id = group_id JOIN jobs ON jobs.id = job_id
                    WHERE holder IS NULL AND terms = \(terms) AND \(trusted: Self.isAlive)
                    ORDER BY job_id, rank LIMIT 1 FOR UPDATE OF rank_seats SKIP LOCKED)
                RETURNING group_id, rank
                """)
            guard let row = taken.first else { return nil }
            let (group, rank) = (try row.value("group_id", as: Int64.self), try row.value("rank", as: Int.self))
            // The lock on the seat keeps the group until the transaction's end.
            let found = try connection.run(
                """
                SELECT \(columns: Job.columns), checkpoint,
                    (SELECT count(*) + 1 FROM rank_seats WHERE group_id = \(group)) AS ranks
                FROM jobs WHERE id = (SELECT job_id FROM rank_groups WHERE id = \(group))
                """)
            guard let fit = found.first else { throw .absent(table: "rank_groups", key: "\(group)") }
            let job = try Job(fit)
            try connection.notify(JobQueue.channel, "\(job.id)")
            return RankSeat(
                group: group, rank: rank, ranks: try fit.value("ranks"), job: job, holder: holder,
                checkpoint: try fit.optional("checkpoint"))
        }
    }

    /// Keeps the seat for `seconds` from now.
    ///
    /// - Returns: `false` when the group has ended, its leader is gone, or the seat is lost: left, or silent for too long.
    public func heartbeat(_ seat: RankSeat, seconds: Double) throws(StoreError) -> Bool {
        try connection.run(
            """
            UPDATE rank_seats SET lease_until = clock_timestamp() + make_interval(secs => \(seconds))
            FROM rank_groups JOIN jobs ON jobs.id = job_id
            WHERE group_id = \(seat.group) AND rank = \(seat.rank) AND holder = \(seat.holder)
            AND rank_seats.lease_until > clock_timestamp() AND rank_groups.id = group_id AND \(trusted: Self.isAlive)
            """
        ).affected == 1
    }

    /// Says that the holder has read what the fit learns from.
    public func becomeReady(_ seat: RankSeat) throws(StoreError) {
        let changed = try connection.run(
            """
            UPDATE rank_seats SET is_ready = true
            WHERE group_id = \(seat.group) AND rank = \(seat.rank) AND holder = \(seat.holder)
            """
        ).affected
        if changed > 0 { try connection.notify(JobQueue.channel, "\(seat.job.id)") }
    }

    /// Gives the seat up, and with it breaks the group.
    ///
    /// - Parameters:
    ///   - seat: Of a group that may have ended.
    ///   - error: Why; `nil` for a trainer that was told to stop.
    /// - Throws: ``StoreError`` when the database refuses or is gone.
    public func leave(_ seat: RankSeat, error: String?) throws(StoreError) {
        let changed = try connection.run(
            """
            UPDATE rank_seats SET error = \(error), lease_until = clock_timestamp()
            WHERE group_id = \(seat.group) AND rank = \(seat.rank) AND holder = \(seat.holder)
            """
        ).affected
        if changed > 0 { try connection.notify(JobQueue.channel, "\(seat.job.id)") }
    }
}
