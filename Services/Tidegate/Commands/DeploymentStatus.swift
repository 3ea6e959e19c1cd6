internal import Evaluation
internal import Foundation
internal import Models
internal import Pipeline
internal import Schema
internal import Store

/// How the services and the feed of a deployment are.
struct DeploymentStatus: Encodable, Sendable, Equatable {
    struct Feed: Encodable, Sendable, Equatable {
        /// `exchange`, `file`, `synthetic`.
        let source: String
        let detail: String
        /// The time of the last watermark.
        @Nullable var reached: String?
        /// Watermarks so far, and how many there will be where that is known.
        let batches: UInt64
        @Nullable var expected: UInt64?
        let finished: Bool
    }

    struct Service: Encodable, Sendable, Equatable {
        let name: String
        /// Tells those of the same name apart; `nil` for a service of which there is one.
        @Nullable var instance: String?
        /// Said so lately, and its process is not known to be gone.
        let ready: Bool
        let position: UInt64
        /// Feed positions behind the ingestor; `nil` for those that do not follow the feed.
        @Nullable var lag: UInt64?
        /// Since it last reported.
        let ageSeconds: Double
        /// Resident memory.
        let rssBytes: Int64
        let restarts: Int
        let pid: Int32
        /// `nil` where its process is not on this machine.
        @Nullable var alive: Bool?
        @Nullable var error: String?
    }

    /// Work for the trainers that is not done.
    struct Job: Encodable, Sendable, Equatable {
        let id: Int64
        /// As `xgboost`.
        let model: String
        /// `queued`, `leased` or `failed`.
        let state: String
        /// 0…1.
        let progress: Double
        /// Claims so far.
        let attempts: Int
        /// Why it failed.
        @Nullable var error: String?

        /// `nil` for a job that is done.
        init?(_ job: Store.Job) {
            guard job.state != .done else { return nil }
            id = job.id
            model = (try? TrainingRequest(json: job.payload.rawValue).model) ?? job.kind
            state = job.state.rawValue
            progress = job.progress
            attempts = job.attempts
            error = job.error
        }
    }

    let running: Bool
    @Nullable var feed: Feed?
    let services: [Service]
    /// Of the latest, those that wait, are worked on, or have failed; the last asked for first.
    let jobs: [Job]

    static let notRunning = DeploymentStatus(running: false, feed: nil, services: [])
    /// The latest jobs that are looked at.
    private static let latestJobs = 20

    /// A report older than this, in seconds, is no sign of life.
    static let longestSilence = 10.0

    /// Joins what services and feed said; `isAlive` is asked for each process number, and says `nil` where it cannot know.
    init(
        _ statuses: [ServiceStatus], feed: FeedStatus?, jobs: [Store.Job] = [], now: UnixNanos,
        isAlive: (Int32) -> Bool?
    ) {
        running = true
        self.jobs = jobs.compactMap(Job.init)
        self.feed = feed.map {
            Feed(
                source: $0.source, detail: $0.detail, reached: $0.reached?.description, batches: $0.batches,
                expected: $0.expected, finished: $0.isFinished)
        }
        let head = statuses.first { $0.name == Topology.ingestor }?.position
        let places = Topology.services
        services = statuses.sorted { lhs, rhs in
            let (left, right) = (places.firstIndex(of: lhs.name) ?? .max, places.firstIndex(of: rhs.name) ?? .max)
            return (left, lhs.name, lhs.instance) < (right, rhs.name, rhs.instance)
        }.map { status in
            let follows = status.name == Topology.ingestor || Topology.stages.contains(status.name)
            let age = Double(now.rawValue - status.updatedAt.rawValue) / 1e9
            let alive = isAlive(status.processID)
            return Service(
                name: status.name, instance: status.instance.isEmpty ? nil : status.instance,
                ready: status.isReady && alive != false && age <= Self.longestSilence,
                position: status.position.rawValue,
                lag: follows ? head.map { $0 > status.position ? $0.rawValue - status.position.rawValue : 0 } : nil,
                ageSeconds: (age * 10).rounded() / 10, rssBytes: status.residentBytes, restarts: status.restarts,
                pid: status.processID, alive: alive, error: status.error)
        }
    }

    private init(running: Bool, feed: Feed?, services: [Service]) {
        self.running = running
        self.services = services
        self.feed = feed
        jobs = []
    }

    /// Reads the status out of a database.
    ///
    /// - Returns: ``notRunning`` where the database, or its tables, were never made.
    static func read(_ database: RunningDatabase, now: UnixNanos) throws -> DeploymentStatus {
        do {
            let connection = try database.connect()
            return DeploymentStatus(
                try StatusStore(connection).all(), feed: try FeedStatusStore(connection).status(),
                jobs: try JobQueue(connection).wholes(limit: latestJobs), now: now
            ) { database.isOurs ? Self.isAlive($0) : nil }
        } catch let error as StoreError where error.sqlState == "42P01" || error.sqlState == "3D000" {
            return .notRunning
        }
    }

    /// Whether a process of this machine runs: one that has ended, but that nobody has waited for, does not.
    static func isAlive(_ process: Int32) -> Bool {
        guard kill(process, 0) == 0 || errno == EPERM else { return false }
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        // The name, which may hold anything, is in parentheses; the state follows it.
        return text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst(2).first != "Z"
    }
}

extension DeploymentStatus {
    /// What a person reads.
    var text: String {
        guard running else { return "not running" }
        guard !services.isEmpty else { return "no service has reported yet\n\(feedLine)" }
        var table = TextTable(
            columns: [
                "service", "ready", "position", "lag", "last report", "memory", "restarts", "pid", "alive",
                "last error",
            ])
        for service in services {
            table.add([
                [service.name, service.instance].compactMap { $0 }.joined(separator: " "), service.ready ? "yes" : "no",
                "\(service.position)", service.lag.map { "\($0)" } ?? "-",
                Figures.duration(service.ageSeconds), Figures.bytes(service.rssBytes), "\(service.restarts)",
                "\(service.pid)", service.alive.map { $0 ? "yes" : "no" } ?? "-",
                service.error.map { String($0.prefix { !$0.isNewline }) } ?? "-",
            ])
        }
        return ([table.text, "", feedLine] + jobs.map(\.line)).joined(separator: "\n")
    }

    private var feedLine: String {
        guard let feed else { return "feed: none yet" }
        let expected = feed.expected.map { "/\($0)" } ?? ""
        return
            "feed: \(feed.source) (\(feed.detail)), reached \(feed.reached ?? "-"), \(feed.batches)\(expected) batches"
            + (feed.finished ? ", finished" : "")
    }
}

extension DeploymentStatus.Job {
    fileprivate var line: String {
        let attempt = attempts > 1 ? ", attempt \(attempts)" : ""
        return switch state {
        case Store.Job.State.leased.rawValue: "job \(id) (\(model)): \(Int(progress * 100)) % done\(attempt)"
        case Store.Job.State.queued.rawValue: "job \(id) (\(model)): waits for a trainer"
        default:
            "job \(id) (\(model)) failed: \(error.map { String($0.prefix { !$0.isNewline }) } ?? "no reason given")"
        }
    }
}
