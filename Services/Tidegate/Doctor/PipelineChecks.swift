internal import Pipeline
internal import Schema
internal import Store

/// The services, the feed, the jobs and what is kept to go on from.
enum PipelineChecks {
    /// * `isExpected`: The services should be running.
    static func findings(
        _ facts: PipelineFacts, isExpected: Bool, folder: String, client: String, _ limits: DoctorLimits
    ) -> [Finding] {
        services(facts, isExpected: isExpected, folder: folder, limits)
            + (isExpected ? feed(facts, folder: folder, limits) : []) + jobs(facts, isExpected: isExpected, limits)
            + snapshots(facts, client: client)
    }

    // MARK: Services

    private static func services(
        _ facts: PipelineFacts, isExpected: Bool, folder: String, _ limits: DoctorLimits
    ) -> [Finding] {
        guard isExpected else {
            let left = facts.services.filter { $0.isAlive == true }
            guard !left.isEmpty else { return [] }
            let names = left.map { "\($0.status.name) (\($0.status.processID))" }.joined(separator: ", ")
            return [
                .warning(
                    "service.unsupervised", "nobody starts these again when they end: \(names)",
                    remedy: "kill \(left.map { "\($0.status.processID)" }.joined(separator: " "))")
            ]
        }
        let missing = Topology.services.filter { name in !facts.services.contains { $0.status.name == name } }
        return missing.map {
            .error(
                "service.missing", "\($0) has never said that it runs",
                remedy: "tail -n 20 \(folder)/logs/\($0).log")
        } + facts.services.compactMap { service($0, folder: folder, limits) }
    }

    private static func service(
        _ service: PipelineFacts.Service, folder: String, _ limits: DoctorLimits
    ) -> Finding? {
        let status = service.status
        let name = status.instance.isEmpty ? status.name : "\(status.name) \(status.instance)"
        let reason = status.error.map { ": \($0.prefix { !$0.isNewline })" } ?? ""
        let node = Shard(label: status.instance)?.node(of: status.name) ?? status.name
        let log = "tail -n 20 \(folder)/logs/\(node).log"
        if service.isAlive == false {
            return .error("service.dead", "\(name) is not running\(reason)", remedy: log)
        }
        if service.silence > limits.silence {
            return .error(
                "service.silent", "\(name) has said nothing for \(Figures.duration(service.silence))\(reason)",
                remedy: "tidegate restart \(status.name)")
        }
        if status.restarts >= limits.restarts, service.age < limits.restartMemory {
            return .warning(
                "service.restarts",
                "\(name) was started again \(status.restarts) times, the last time \(Figures.duration(service.age)) ago"
                    + reason, remedy: log)
        }
        if !status.isReady {
            return .error("service.unready", "\(name) runs but is not ready\(reason)", remedy: log)
        }
        guard service.standsStill else { return nil }
        return .error(
            "service.stuck", "\(name) stands still at position \(status.position), behind the feed\(reason)",
            remedy: "tidegate restart \(status.name)")
    }

    // MARK: Feed

    private static func feed(_ facts: PipelineFacts, folder: String, _ limits: DoctorLimits) -> [Finding] {
        var findings: [Finding] = []
        if let feed = facts.feed, !feed.isFinished {
            if let silence = facts.feedSilence, silence > limits.silence {
                findings.append(
                    .error(
                        "feed.silent", "the ingestor has not spoken of the feed for \(Figures.duration(silence))",
                        remedy: "tidegate restart ingestor"))
            } else if feed.source == "exchange", let age = facts.feedAge, let step = facts.feedStep,
                age > max(3 * step, 120)
            {
                findings.append(
                    .error(
                        "feed.stale",
                        "the feed's last candle closed \(Figures.duration(age)) ago, and one is due every "
                            + Figures.duration(step), remedy: "tail -n 20 \(folder)/logs/ingestor.log"))
            }
        }
        if let end = facts.logEnd, facts.ingestorEnd != end {
            let state = facts.ingestorEnd.map { "at \($0)" } ?? "gone"
            findings.append(
                .error(
                    "feed.state", "the stored feed ends at position \(end), and the ingestor's state is \(state)",
                    remedy: "tidegate restore the last backup with --replace"))
        }
        return findings
    }

    // MARK: Jobs

    private static func jobs(_ facts: PipelineFacts, isExpected: Bool, _ limits: DoctorLimits) -> [Finding] {
        var findings = facts.failedJobs.map { job in
            Finding.warning(
                "job.failed",
                "job \(job.id) was given up \(Figures.duration(job.seconds)) ago: "
                    + (job.error.map { String($0.prefix { !$0.isNewline }) } ?? "no reason given"),
                remedy: "tidegate train, with the same options, tries it again; tidegate status shows it")
        }
        let hasTrainer = facts.services.contains {
            $0.status.name == Topology.trainer && $0.isAlive != false && $0.silence <= limits.silence
        }
        if isExpected, !hasTrainer, let job = facts.waitingJobs.first(where: { $0.seconds > limits.jobWait }) {
            findings.append(
                .error(
                    "job.waits", "job \(job.id) has waited for \(Figures.duration(job.seconds)), and no trainer runs",
                    remedy: "tidegate restart trainer, or start one more"))
        }
        return findings
    }

    // MARK: Snapshots

    private static func snapshots(_ facts: PipelineFacts, client: String) -> [Finding] {
        facts.snapshots.compactMap { snapshot in
            guard let problem = snapshot.problem else { return nil }
            return .error(
                "snapshot.unreadable",
                "\(snapshot.service)'s snapshot at \(snapshot.position) cannot be read: \(problem)",
                remedy:
                    "\(client) -c \"DELETE FROM snapshots WHERE service = '\(snapshot.service)' AND position = \(snapshot.position)\""
            )
        } + missing(facts)
    }

    /// A stage takes its first one after `pipeline.snapshot-every` batches; 1024, where a ring ends, is far beyond.
    private static func missing(_ facts: PipelineFacts) -> [Finding] {
        guard let feed = facts.feed, feed.batches > 1024 else { return [] }
        let kept = Set(facts.snapshots.map(\.service))
        return Fleet.running(facts.services.map(\.status)).stageNodes.filter { !kept.contains($0) }.map {
            .warning(
                "snapshot.missing", "\($0) has no snapshot: when it restarts, it begins with the feed's first batch",
                remedy: "tidegate restart \($0), and look again when it has caught up")
        }
    }
}
