internal import Foundation
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store

/// Watches a deployment through its database: how far it is, and what came of it.
struct DeploymentWatch {
    let deployment: Deployment
    let connection: PostgresConnection

    /// Waits until the feed has ended at `end` and every stage has stored what it made of it.
    func waitForFeed(
        _ label: String, until end: UnixNanos, from: UnixNanos, step: Timeframe, _ interruption: Interruption
    ) async throws {
        let total = Int((end.rawValue - from.rawValue) / step.nanoseconds)
        let bar = ProgressBar(total: total, label: label)
        defer { bar.finish() }
        while true {
            let status = try FeedStatusStore(connection).status()
            let recorded = try PipelineProgress(connection).recordedTime()
            let done = recorded.map { Int(($0.rawValue - from.rawValue) / step.nanoseconds) } ?? 0
            bar.update(done: max(0, min(done, total)), note: "\(try count("fills")) fills")
            if let status, let reached = status.reached, status.isFinished || reached >= end, let recorded,
                recorded >= reached, status.to.map({ $0 >= end }) ?? true
            {
                return
            }
            try check(interruption)
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Waits until the stages' rows of the status table, written each second, say that all are where the feed is.
    ///
    /// It gives up after three seconds: a deployment of which a stage has just been killed has a summary too.
    func waitForStatus() async throws {
        for _ in 0..<30 {
            let all = try StatusStore(connection).all()
            let feed = all.first { $0.name == Topology.ingestor }?.position
            if all.filter({ Topology.stages.contains($0.name) }).allSatisfy({ $0.position == feed }) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    func waitForJob(_ id: Int64, label: String, _ interruption: Interruption) async throws {
        let bar = ProgressBar(total: 100, label: label)
        defer { bar.finish() }
        while let job = try JobQueue(connection).job(id) {
            bar.update(done: Int((try JobQueue(connection).progress(of: id) ?? 0) * 100))
            switch job.state {
            case .done: return
            case .failed: throw CommandFailure("training failed: \(job.error ?? "no reason given")")
            case .queued, .leased: break
            }
            try check(interruption)
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func check(_ interruption: Interruption) throws {
        if let failure = deployment.failure() { throw CommandFailure(failure) }
        if interruption.stop.isRaised { throw CommandFailure("interrupted") }
    }

    func count(_ table: String) throws -> Int64 {
        try TableCount(connection).rows(of: table)
    }

    private static let tables = [
        "candles", "anomalies", "predictions", "decisions", "orders", "fills", "model_versions",
    ]

    /// What is in the database, for a person.
    func summary(source: String) throws -> String {
        var table = TextTable(columns: ["", "count"])
        for name in Self.tables { table.add([name.replacing("_", with: " "), "\(try count(name))"]) }
        var text = "source: \(source)\n\n" + table.text + "\n\n"
        if let equity = try PipelineProgress(connection).equity() {
            text += "equity: \(equity.first) → \(equity.last) at \(equity.time)\n"
        }
        var services = TextTable(columns: ["service", "position", "lag ms", "restarts", "memory"])
        for status in try StatusStore(connection).all() {
            services.add([
                status.instance.isEmpty ? status.name : "\(status.name) \(status.instance)", "\(status.position)",
                String(format: "%.1f", status.lagMilliseconds), "\(status.restarts)",
                Figures.bytes(status.residentBytes),
            ])
        }
        return text + "\n" + services.text
    }
}
