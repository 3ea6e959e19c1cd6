internal import Store

/// The database server: reached, set so that nothing is lost, with the tables of this build and the same time of day.
enum DatabaseChecks {
    /// * `isSupervised`: The services should be running.
    static func findings(_ facts: DatabaseFacts, isSupervised: Bool, folder: String, _ limits: DoctorLimits)
        -> [Finding]
    {
        switch facts {
        case .absent: return []
        case .stopped:
            guard isSupervised else { return [] }
            return [
                .error(
                    "database.reachable", "the services run, but their database in \(folder)/postgres does not",
                    remedy: "tidegate down --folder \(folder); tidegate up --folder \(folder)")
            ]
        case .unreachable(let reason):
            return [
                .error(
                    "database.reachable", "the database does not answer: \(reason)",
                    remedy: "pg_isready -d \"$DATABASE_URL\"")
            ]
        case .reachable(let contents):
            return server(contents, limits) + clock(contents, limits) + schema(contents)
        }
    }

    private static func server(_ contents: DatabaseFacts.Contents, _ limits: DoctorLimits) -> [Finding] {
        let server = contents.server
        var findings: [Finding] = []
        if server.version < 130_000 {
            findings.append(
                .error(
                    "database.version", "the server is PostgreSQL \(server.version / 10_000), and 13 is the least",
                    remedy: "upgrade the server, then tidegate restore a backup into it"))
        }
        for name in DoctorQueries.settings where server.settings[name] == "off" {
            let harm = name == "autovacuum" ? "tables will only grow" : "a power cut loses what was stored"
            findings.append(
                .error(
                    "database.settings", "\(name) is off: \(harm)",
                    remedy: "\(contents.client) -c \"ALTER SYSTEM SET \(name) = on\" -c \"SELECT pg_reload_conf()\""))
        }
        if Double(server.connections) > limits.connections * Double(server.mostConnections) {
            findings.append(
                .warning(
                    "database.connections",
                    "\(server.connections) of the server's \(server.mostConnections) connections are in use",
                    remedy:
                        "\(contents.client) -c \"ALTER SYSTEM SET max_connections = \(server.mostConnections * 2)\", and restart the server"
                ))
        }
        if server.isReadOnly {
            findings.append(
                .error(
                    "database.read-only", "nothing can be written to the database",
                    remedy: "name the primary in DATABASE_URL, or \(contents.client) -c \"SELECT pg_promote()\""))
        }
        if let seconds = server.idleTransaction, seconds > limits.idleTransaction {
            findings.append(
                .warning(
                    "database.idle",
                    "a connection has held a transaction open for \(Figures.duration(seconds)) without doing anything",
                    remedy:
                        "\(contents.client) -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '5 min'\""
                ))
        }
        return findings
    }

    private static func clock(_ contents: DatabaseFacts.Contents, _ limits: DoctorLimits) -> [Finding] {
        guard abs(contents.skew) - contents.uncertainty > limits.clockSkew else { return [] }
        let way = contents.skew > 0 ? "behind" : "ahead of"
        return [
            .error(
                "clock.skew",
                "this machine's clock is \(Figures.duration(abs(contents.skew))) \(way) the database's",
                remedy: "timedatectl set-ntp true, on both machines")
        ]
    }

    private static func schema(_ contents: DatabaseFacts.Contents) -> [Finding] {
        switch contents.schema {
        case nil: []
        case .behind(let database, let build):
            [
                .error(
                    "schema.version", "the database is at migration \(database), this build needs \(build)",
                    remedy: "tidegate migrate")
            ]
        case .newer(let database, let build), .tooNew(let database, let build, _):
            [
                .error(
                    "schema.version",
                    "the database is at migration \(database), this build knows \(build): it is an older build",
                    remedy: "install the build that migrated it, and restart the services with that")
            ]
        case .changed(let number):
            [
                .error(
                    "schema.version", "migration \(number) was applied with another text than this build's",
                    remedy: "tidegate backup, then install the build that made the database")
            ]
        }
    }
}
