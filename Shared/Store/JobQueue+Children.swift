extension JobQueue {
    /// Divides a job: keeps its checkpoint, asks for its children, and puts it back into the queue, all or nothing.
    ///
    /// It waits there until every child has ended, done or failed, and is then claimed once more. Children that are
    /// known already stay as they are, but for those that have failed, which are queued again. Saying it again while the
    /// job waits changes nothing.
    ///
    /// - Parameters:
    ///   - lease: The lease of the job to divide; it ends.
    ///   - children: What to ask for; at least one.
    ///   - checkpoint: What the next holder of the lease must know.
    /// - Throws: ``StoreError/leaseLost(job:)``, or ``StoreError/conflict(table:key:)`` when other work, or a part of
    ///   another job, was asked for under the key of a child.
    public func divide(
        _ lease: JobLease, into children: [JobOrder], checkpoint: [UInt8]
    ) throws(StoreError) {
        precondition(!children.isEmpty, "a job is divided into something")
        try connection.transaction { () throws(StoreError) in
            let changed = try connection.run(
                """
                UPDATE jobs SET state = 'queued', checkpoint = \(checkpoint), lost = 0, lease_until = NULL,
                    updated_at = now()
                WHERE id = \(lease.job.id) AND state = 'leased' AND lease_owner = \(lease.owner)
                AND attempts = \(lease.attempt)
                """
            ).affected
            guard changed == 1 else {
                guard try isDivided(lease, into: children) else { throw .leaseLost(job: lease.job.id) }
                return
            }
            for child in children { try place(child, parent: lease.job.id) }
            // Where all children have ended before, nothing else says that the job can be claimed.
            try connection.notify(Self.channel, "\(lease.job.id)")
        }
    }

    /// Whether the holder of the lease has divided the job already, and nobody has claimed it since.
    private func isDivided(_ lease: JobLease, into children: [JobOrder]) throws(StoreError) -> Bool {
        let waits = try connection.run(
            """
            SELECT FROM jobs WHERE id = \(lease.job.id) AND state = 'queued' AND lease_owner = \(lease.owner)
            AND attempts = \(lease.attempt)
            """)
        guard !waits.isEmpty else { return false }
        for child in children where try known(child, parent: lease.job.id) == nil { return false }
        return true
    }

    /// The jobs into which a job was divided, by id.
    public func children(of id: Int64) throws(StoreError) -> [Job] {
        try jobs("SELECT \(columns: Job.columns) FROM jobs WHERE parent = \(id) ORDER BY id")
    }

    /// What a job made; `nil` when it has made nothing, or it was dropped, or there is no such job.
    public func output(of id: Int64) throws(StoreError) -> [UInt8]? {
        try connection.run("SELECT output FROM jobs WHERE id = \(id)").first?.optional(0)
    }

    /// Drops what the children of a job made, for when the whole has been made of it.
    public func dropOutputs(ofChildrenOf id: Int64) throws(StoreError) {
        try connection.run("UPDATE jobs SET output = NULL WHERE parent = \(id) AND output IS NOT NULL")
    }
}
