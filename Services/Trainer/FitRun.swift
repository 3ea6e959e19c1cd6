internal import Evaluation
internal import Foundation
internal import Logging
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// One fit of a training, from the history to predictions of its fold, or to the version's weights.
struct FitRun {
    let run: JobRun
    let histories: HistoryReader

    /// Does the job.
    func work() throws -> JobRun.Done {
        let request = try run.request()
        let ordered = try FitOrder(run.lease.job)
        let data = try histories.dataset(request, upTo: ordered.end, run)
        let plan = try ValidationPlan(data, ordered.split)
        let fit = ordered.fit
        let order = try request.order(for: fit.model)
        let task = try plan.task(fit, threads: run.trainer.settings.threads)
        let weights = try weights(order, task, fit)
        let model = try order.kind.model(from: weights)
        guard fit.fold != Fit.version else {
            let figures = VersionFigures(importance: try importance(of: model, task, request))
            try finish(
                request, fit, order, metrics: "{}", result: JSONText(encoding: figures), sharpe: nil, output: weights)
            return .done(Self.description(fit))
        }
        let predictions = try plan.predictions(of: model, in: fit)
        let score = plan.score(predictions, in: fit, request.rules)
        let metrics = try JSONText(encoding: score.metrics)
        try finish(
            request, fit, order, metrics: metrics, result: metrics, sharpe: score.sharpe,
            output: PredictionBytes.bytes(of: predictions))
        return .done(Self.description(fit))
    }

    private static func description(_ fit: Fit) -> Logger.Metadata {
        ["training.model": "\(fit.model)", "training.fold": "\(fit.fold)", "training.seed": "\(fit.seed)"]
    }

    /// Notes the trial and ends the job: all or nothing, and only while the lease is held.
    private func finish(
        _ request: TrainingRequest, _ fit: Fit, _ order: FittingOrder, metrics: JSONText, result: JSONText,
        sharpe: Double?, output: [UInt8]
    ) throws {
        let lease = run.lease
        let trial = Trial(
            job: lease.job.id, model: fit.model, fold: fit.fold, settings: JSONText(order.settings), metrics: metrics,
            seed: fit.seed, timeframe: request.timeframe, sharpe: sharpe)
        try run.session.retrying("finish fit") { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try TrialStore(connection).record(trial)
                try JobQueue(connection).complete(lease, result: result, output: output)
            }
        }
        run.trainer.context.metrics.set(.jobProgress, 1)
    }

    /// What the version goes by; like the fit itself, it may be interrupted, and then begins anew.
    private func importance(
        of model: any DirectionModel, _ task: FittingTask, _ request: TrainingRequest
    ) throws -> ModelImportance {
        var pace = TrainingPace(WallClock.monotonic)
        let importance = try ModelImportance(of: model, task, request.quick ? .quick : .full) { done, total in
            if let figures = pace.take(samples: 0, progress: Double(done) / Double(total), at: WallClock.monotonic) {
                run.trainer.context.logger.info(
                    "measuring importance",
                    metadata: [
                        "job.id": "\(run.lease.job.id)", "importance.feature": "\(done)/\(total)",
                        "importance.seconds_left": "\(Int(figures.secondsLeft.rounded(.up)))",
                    ])
            }
            try run.check(isSaved: false)
        }
        if importance.permutation == nil {
            run.trainer.context.logger.warning(
                "importance by permutation is left out: it would take too long",
                metadata: ["job.id": "\(run.lease.job.id)"])
        }
        return importance
    }

    // MARK: Fitting

    private func weights(_ order: FittingOrder, _ task: FittingTask, _ fit: Fit) throws -> [UInt8] {
        do {
            return try weights(order, task, fit, continuing: run.lease.checkpoint)
        } catch TrainingError.foreignCheckpoint {
            run.trainer.context.logger.warning(
                "the checkpoint is of another build or another number of threads; the fit begins anew",
                metadata: ["job.id": "\(run.lease.job.id)"])
            return try weights(order, task, fit, continuing: nil)
        }
    }

    private func weights(
        _ order: FittingOrder, _ task: FittingTask, _ fit: Fit, continuing checkpoint: [UInt8]?
    ) throws -> [UInt8] {
        var pace = TrainingPace(WallClock.monotonic)
        return try order.fit(
            task,
            FittingWatch(
                continuing: checkpoint,
                step: { step in
                    run.trainer.context.metrics.set(.jobProgress, step.progress)
                    note(step.loss, part: "training")
                    if let loss = step.validationLoss { note(loss, part: "validation") }
                    let now = WallClock.monotonic
                    if let figures = pace.take(samples: step.samples, progress: step.progress, at: now) {
                        report(step, figures, fit)
                    }
                    try run.check(isSaved: false)
                },
                save: { bytes, progress in try run.save(bytes, progress: progress) }))
    }

    private func note(_ loss: Double, part: String) {
        run.trainer.context.metrics.set(.trainingLoss, loss, labels: ["part": part])
    }

    private func report(_ step: TrainingStep, _ figures: TrainingPace.Figures, _ fit: Fit) {
        let numbers: Logger.Metadata = [
            "job.id": "\(run.lease.job.id)", "training.\(step.unit.rawValue)": "\(step.number)/\(step.total)",
            "training.loss": "\(step.loss)", "training.progress": "\(step.progress)",
            "training.samples_per_second": "\(Int(figures.samplesPerSecond))",
            "training.seconds_left": "\(Int(figures.secondsLeft.rounded(.up)))",
        ]
        run.trainer.context.logger.info(
            "training", metadata: numbers.merging(Self.description(fit)) { number, _ in number })
    }
}
