internal import Evaluation
internal import Foundation
internal import Logging
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// A training job: first it is divided into its fits, which any trainer takes; when all have ended, it becomes the table and
/// the version.
struct TrainingRun {
    let run: JobRun
    let lease: JobLease
    let histories: HistoryReader

    /// Does the job's next part.
    func work() throws -> JobRun.Done {
        let request = try run.request()
        guard let checkpoint = lease.checkpoint else { return .divided(try divide(request)) }
        return .done(try finish(request, TrainingDivision(bytes: checkpoint)))
    }

    private func divide(_ request: TrainingRequest) throws -> Logger.Metadata {
        let end = try histories.end(request, run)
        let data = try histories.dataset(request, upTo: end, run)
        let split = try request.split ?? SplitScheme.standard(for: data, isQuick: request.quick)
        let plan = try ValidationPlan(data, split)
        let fits = plan.fits(of: request.model, seeds: request.seeds)
        // Refuses here what every fit would refuse.
        for fit in fits where fit.seed == request.seeds[0] { _ = try plan.task(fit, threads: 1) }
        if let start = request.start { try TrainingStart(start, find: run.version).check(request, plan) }
        let lease = lease
        let children = try fits.map {
            try FitOrder(fit: $0, split: split, end: end).job(
                of: lease.job.id, needsLaterBuild: request.needsLaterBuild)
        }
        let checkpoint = try TrainingDivision(split: split, end: end).bytes()
        try run.session.retrying("divide job") { connection throws(StoreError) in
            try JobQueue(connection).divide(lease, into: children, checkpoint: checkpoint)
        }
        return ["training.fits": "\(fits.count)", "training.samples": "\(data.samples.count)"]
    }

    // MARK: The end

    /// Registers the version, moves the alias and ends the job: all or nothing, and only while the lease is held.
    private func finish(_ request: TrainingRequest, _ division: TrainingDivision) throws -> Logger.Metadata {
        let data = try histories.dataset(request, upTo: division.end, run)
        let plan = try ValidationPlan(data, division.split)
        let made = try outputs()
        let fits = plan.fits(of: request.model, seeds: request.seeds).filter { $0.fold != Fit.version }
        guard fits.allSatisfy({ made.predictions[$0] != nil }) else {
            throw TrainingError.request("some of its fits are gone")
        }
        guard let weights = made.weights, let first = data.moments.min(), let last = data.moments.max() else {
            throw TrainingError.request("none of its fits is the version")
        }
        let order = try request.order(for: request.model)
        let table = plan.table(
            of: request.model, seeds: request.seeds, predictions: made.predictions,
            trials: try trials(request.timeframe), rules: request.rules)
        let outcome = TrainingOutcome(
            version: order.version(of: weights), split: division.split, label: "\(request.label)", table: table,
            origins: data.origins)
        let version = ModelVersion(
            id: outcome.version, model: request.model, featureSet: data.featureSet, weights: weights,
            settings: JSONText(#"{"model":\#(order.settings),"request":\#(request.json())}"#),
            metrics: try JSONText(encoding: TableSummary(table, importance: made.importance, origins: data.origins)),
            dataFrom: first, dataTo: last, revision: run.trainer.context.settings.revision, seed: request.seeds[0])
        let (lease, result) = (lease, try JSONText(encoding: outcome))
        try run.session.retrying("finish training") { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.register(version, connection)
                if let alias = request.promote {
                    try ModelRegistry(connection).promote(alias, to: version.id)
                    let id = "promote/\(alias)/\(version.id)/\(lease.job.id)"
                    try ControlRequests(connection).submit(
                        Control(id: id, change: .modelActivated(alias: alias, version: version.id)))
                }
                try JobQueue(connection).dropOutputs(ofChildrenOf: lease.job.id)
                try JobQueue(connection).complete(lease, result: result)
            }
        }
        run.trainer.context.metrics.set(.jobProgress, 1)
        return ["model.version": "\(version.id)", "training.verdict": "\(table.verdict.rawValue)"]
    }

    /// What the fits came to.
    private struct Outputs {
        var predictions: [Fit: [Double]] = [:]
        /// The version's.
        var weights: [UInt8]?
        var importance: ModelImportance?
    }

    private func outputs() throws -> Outputs {
        let training = run.job.id
        let ended = try run.session.retrying("read fits") { connection throws(StoreError) in
            let queue = JobQueue(connection)
            var ended: [(job: Job, output: [UInt8]?)] = []
            for child in try queue.children(of: training) { ended.append((child, try queue.output(of: child.id))) }
            return ended
        }
        var outputs = Outputs()
        for (job, output) in ended {
            let fit = try FitOrder(job).fit
            guard job.state == .done, let output else {
                throw TrainingError.fit(
                    "\(fit.model), fold \(fit.fold), seed \(fit.seed)", job.error ?? "it gave nothing")
            }
            if fit.fold == Fit.version {
                outputs.weights = output
                outputs.importance = try job.result?.decoded(as: VersionFigures.self).importance
            } else {
                outputs.predictions[fit] = PredictionBytes.values(of: output)
            }
        }
        return outputs
    }

    private func trials(_ timeframe: Timeframe) throws -> [Double?] {
        let training = run.job.id
        return try run.session.retrying("read trials") { connection throws(StoreError) in
            try TrialStore(connection).sharpeRatios(timeframe: timeframe, ofTrainingsUpTo: training)
        }
    }

    /// Keeps the version; one with the same weights that another job made stays as it was.
    private static func register(_ version: ModelVersion, _ connection: PostgresConnection) throws(StoreError) {
        let registry = ModelRegistry(connection)
        if let known = try registry.version(version.id), known.weights == version.weights,
            known.featureSet == version.featureSet
        {
            return
        }
        try registry.register(version)
    }
}
