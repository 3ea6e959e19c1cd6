internal import Evaluation
internal import Foundation
internal import Pipeline
internal import Schema
internal import Store

/// One run of a verification, in a database of its own.
struct VerificationRun {
    let input: VerificationInput
    let databaseURL: String
    /// Folder of the services' keys; `nil` leaves the bus in the clear.
    var keys: String?
    /// How the services are divided.
    var fleet = Fleet.undivided

    /// The one-process backtest, storing what the services would store.
    ///
    /// - Returns: The number of batches.
    /// - Throws: ``CommandFailure`` when nothing came of the window that could be compared.
    func backtest(_ progress: @escaping (Int) -> Void) throws -> Int {
        let connection = try PostgresConnection(databaseURL)
        try input.register(in: connection)
        var backtest = StoringBacktest(try input.assembly(), into: connection, progress)
        try input.feed { try backtest.run($0) }
        let batches = try backtest.finish()
        guard batches > 0 else { throw CommandFailure("there are no candles in the window") }
        // Empty tables are always equal.
        guard try TableCount(connection).rows(of: "predictions") > 0 else {
            throw CommandFailure(
                "nothing is predicted in the window: it is shorter than what the features must see first")
        }
        return batches
    }

    /// The eight services, with kills, drills and, in the middle, a database that goes away.
    ///
    /// * `batches`: With so many the feed ends; with `leaving`, the services are abandoned as by a power cut once so many
    ///   are done.
    ///
    /// - Returns: How many times services were killed, by name.
    func services(
        batches: Int, plan: KillPlan = .none, outage: DatabaseOutage? = nil,
        drills: [any Drill] = [], leaving: Int? = nil, workspace: Workspace,
        _ progress: (_ done: Int, _ kills: Int) -> Void
    ) async throws -> [String: Int] {
        try input.register(in: PostgresConnection(databaseURL))
        // Slow enough that every kill and drill finds the pipeline at work.
        let span = Double(input.to.rawValue - input.from.rawValue) / 1e9
        let seconds = 0.4 * Double(plan.kills.count) + drills.map(\.seconds).reduce(0, +)
        let speed = seconds == 0 ? "max" : "\(max(1, (span / seconds).rounded()))"
        let deployment = try Deployment(
            workspace: workspace, databaseURL: databaseURL, settings: input.settings,
            ingestor: input.source(speed: speed), fleet: fleet, keys: keys)
        try deployment.start()
        defer { deployment.stop() }
        var pipeline = PipelineProgress(try PostgresConnection(databaseURL))
        var (outage, drills) = (outage, drills)
        var killed: [String: Int] = [:]
        var waiting = plan.kills[...]
        var lastMove = Date()
        var lastDone = -1
        while true {
            let done = try pipeline.batchesRecorded()
            if let due = outage, done >= batches / 2 {
                outage = nil
                try await due.run()
                pipeline = PipelineProgress(try PostgresConnection(databaseURL))
            }
            while let next = waiting.first, next.batch <= done {
                waiting = waiting.dropFirst()
                try await Task.sleep(for: .milliseconds(next.milliseconds))
                deployment.kill(next.node)
                killed[next.node, default: 0] += 1
            }
            for index in drills.indices where !drills[index].isOver {
                try await drills[index].step(done: done, of: batches, deployment)
            }
            progress(done, plan.kills.count - waiting.count)
            if let leaving, done >= leaving, drills.allSatisfy(\.isOver) {
                deployment.abandon()
                return killed
            }
            if done >= batches, waiting.isEmpty, drills.allSatisfy(\.isOver) { return killed }
            if done != lastDone { (lastDone, lastMove) = (done, Date()) }
            if let failure = deployment.failure() { throw CommandFailure(failure) }
            guard Date().timeIntervalSince(lastMove) < 120 else {
                throw CommandFailure(
                    "the services stand still at batch \(done) of \(batches); see \(workspace.logFolder)")
            }
            try await Task.sleep(for: .milliseconds(15))
        }
    }
}
