extension JobQueue {
    public func job(_ id: Int64) throws(StoreError) -> Job? {
        try jobs("SELECT \(columns: Job.columns) FROM jobs WHERE id = \(id)").first
    }

    /// The jobs that are no part of another, the last first, as people see them: one that waits for its parts is in work
    /// while one of them is, and as far as they are.
    public func wholes(limit: Int = 100) throws(StoreError) -> [Job] {
        try jobs(
            """
            SELECT id, kind, payload, key, parent, attempts, lost, result, error,
                CASE WHEN state = 'queued' AND parts.working THEN 'leased' ELSE state END AS state,
                CASE WHEN parts.open THEN parts.done ELSE greatest(progress, parts.done) END AS progress
            FROM jobs AS whole, LATERAL (
                SELECT bool_or(state = 'leased') AS working, bool_or(state IN ('queued', 'leased')) AS open,
                    avg(progress) AS done
                FROM jobs WHERE parent = whole.id) AS parts
            WHERE parent IS NULL ORDER BY id DESC LIMIT \(limit)
            """)
    }

    /// How many jobs there are in each state.
    public func counts() throws(StoreError) -> [Job.State: Int] {
        var counts: [Job.State: Int] = [:]
        for row in try connection.run("SELECT state, count(*) AS count FROM jobs GROUP BY state") {
            counts[try row.name("state")] = try row.value("count", as: Int.self)
        }
        return counts
    }

    /// How far a job is, 0…1; `nil` when there is none of this id.
    ///
    /// While a divided job waits for its children it is as far as they are on the average, and then no less.
    public func progress(of id: Int64) throws(StoreError) -> Double? {
        let rows = try connection.run(
            """
            SELECT CASE WHEN bool_or(child.state IN ('queued', 'leased')) THEN avg(child.progress)
                ELSE greatest(whole.progress, avg(child.progress)) END
            FROM jobs AS whole LEFT JOIN jobs AS child ON child.parent = whole.id
            WHERE whole.id = \(id) GROUP BY whole.id
            """)
        return try rows.first?.value(0)
    }

    func jobs(_ query: Query) throws(StoreError) -> [Job] {
        var jobs: [Job] = []
        for row in try connection.run(query) { jobs.append(try Job(row)) }
        return jobs
    }
}
