internal import Evaluation
internal import Logging
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// One fit of a training, from the history to predictions of its fold, or to the version's weights.
struct FitRun {
    let run: JobRun
    let lease: JobLease
    let histories: HistoryReader

    /// Does the job.
    func work() throws -> JobRun.Done {
        let fitting = try Fitting(run, histories)
        let weights =
            if fitting.ranks > 1 {
                try LedFit(fitting: fitting, lease: lease).weights()
            } else {
                try fitting.weights(continuing: lease.checkpoint) { try run.save($0, progress: $1, lease) }
            }
        let model = try fitting.order.kind.model(from: weights)
        let fit = fitting.fit
        guard fit.fold != Fit.version else {
            let figures = VersionFigures(importance: try importance(of: model, fitting))
            try finish(fitting, metrics: "{}", result: JSONText(encoding: figures), sharpe: nil, output: weights)
            return .done(fitting.description)
        }
        let predictions = try fitting.plan.predictions(of: model, in: fit)
        let score = fitting.plan.score(predictions, in: fit, fitting.request.rules)
        let metrics = try JSONText(encoding: score.metrics)
        try finish(
            fitting, metrics: metrics, result: metrics, sharpe: score.sharpe,
            output: PredictionBytes.bytes(of: predictions))
        return .done(fitting.description)
    }

    /// Notes the trial and ends the job: all or nothing, and only while the lease is held.
    private func finish(
        _ fitting: Fitting, metrics: JSONText, result: JSONText, sharpe: Double?, output: [UInt8]
    ) throws {
        let (fit, lease) = (fitting.fit, lease)
        let trial = Trial(
            job: lease.job.id, model: fit.model, fold: fit.fold, settings: JSONText(fitting.order.settings),
            metrics: metrics, seed: fit.seed, timeframe: fitting.request.timeframe, sharpe: sharpe)
        try run.session.retrying("finish fit") { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try TrialStore(connection).record(trial)
                try JobQueue(connection).complete(lease, result: result, output: output)
            }
        }
        run.trainer.context.metrics.set(.jobProgress, 1)
    }

    /// What the version goes by; like the fit itself, it may be interrupted, and then begins anew.
    private func importance(of model: any DirectionModel, _ fitting: Fitting) throws -> ModelImportance {
        var pace = TrainingPace(WallClock.monotonic)
        let importance = try ModelImportance(
            of: model, fitting.task(), fitting.request.quick ? .quick : .full
        ) { done, total in
            if let figures = pace.take(samples: 0, progress: Double(done) / Double(total), at: WallClock.monotonic) {
                run.trainer.context.logger.info(
                    "measuring importance",
                    metadata: [
                        "job.id": "\(run.job.id)", "importance.feature": "\(done)/\(total)",
                        "importance.seconds_left": "\(Int(figures.secondsLeft.rounded(.up)))",
                    ])
            }
            try run.check(isSaved: false)
        }
        if importance.permutation == nil {
            run.trainer.context.logger.warning(
                "importance by permutation is left out: it would take too long",
                metadata: ["job.id": "\(run.job.id)"])
        }
        return importance
    }
}
