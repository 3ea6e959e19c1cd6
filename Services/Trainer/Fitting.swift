internal import Evaluation
internal import Logging
internal import Models
internal import ServiceKit
internal import Store
internal import Tensor

/// One fit as its job orders it: what is fitted to what, and who is told how far it is.
struct Fitting {
    let run: JobRun
    let request: TrainingRequest
    let plan: ValidationPlan
    let fit: Fit
    let order: FittingOrder
    /// What the model begins with; baselines begin with chance.
    private let start: [UInt8]?

    /// Reads what the fit learns from.
    init(_ run: JobRun, _ histories: HistoryReader) throws {
        self.run = run
        request = try run.request()
        let ordered = try FitOrder(run.job)
        fit = ordered.fit
        order = try request.order(for: fit.model)
        let version = fit.model == request.model ? request.start : nil
        start = try version.flatMap { try run.version($0) }?.weights
        guard (start == nil) == (version == nil) else { throw TrainingError.start("it is gone") }
        plan = try ValidationPlan(try histories.dataset(request, upTo: ordered.end, run), ordered.split)
    }

    /// How many trainers do it together: baselines are each one's alone.
    var ranks: Int { fit.model == request.model ? request.dataParallel : 1 }

    /// Which fit it is, for logs.
    var description: Logger.Metadata {
        ["training.model": "\(fit.model)", "training.fold": "\(fit.fold)", "training.seed": "\(fit.seed)"]
    }

    /// What is learned from, and what tells when to stop.
    func task() throws -> FittingTask { try plan.task(fit, threads: run.trainer.settings.threads) }

    /// Fits the model.
    ///
    /// - Parameters:
    ///   - group: The ranks that do it together; `nil` for one alone.
    ///   - checkpoint: Where it goes on; one that is not of this fit is none.
    ///   - save: Takes a checkpoint and the share of the work done, 0…1; may throw to stop.
    /// - Returns: The weights, as in a version.
    /// - Throws: What `save` throws, ``JobRun/Interruption``, and why the fit cannot be done.
    func weights(
        in group: ProcessGroup? = nil, continuing checkpoint: [UInt8]?,
        save: @escaping (_ checkpoint: [UInt8], _ progress: Double) throws -> Void
    ) throws -> [UInt8] {
        var task = try task()
        (task.device, task.group, task.start) = (run.trainer.settings.device, group, start)
        do {
            return try order.fit(task, watch(continuing: checkpoint, save: save))
        } catch TrainingError.foreignCheckpoint {
            run.trainer.context.logger.warning(
                "the checkpoint is of another build or another number of threads; the fit begins anew",
                metadata: ["job.id": "\(run.job.id)"])
            return try order.fit(task, watch(continuing: nil, save: save))
        }
    }

    private func watch(
        continuing checkpoint: [UInt8]?, save: @escaping (_ checkpoint: [UInt8], _ progress: Double) throws -> Void
    ) -> FittingWatch {
        var pace = TrainingPace(WallClock.monotonic)
        return FittingWatch(
            continuing: checkpoint,
            step: { step in
                run.trainer.context.metrics.set(.jobProgress, step.progress)
                note(step.loss, part: "training")
                if let loss = step.validationLoss { note(loss, part: "validation") }
                let now = WallClock.monotonic
                if let figures = pace.take(samples: step.samples, progress: step.progress, at: now) {
                    report(step, figures)
                }
                try run.check(isSaved: false)
            }, save: save)
    }

    private func note(_ loss: Double, part: String) {
        run.trainer.context.metrics.set(.trainingLoss, loss, labels: ["part": part])
    }

    private func report(_ step: TrainingStep, _ figures: TrainingPace.Figures) {
        let numbers: Logger.Metadata = [
            "job.id": "\(run.job.id)", "training.\(step.unit.rawValue)": "\(step.number)/\(step.total)",
            "training.loss": "\(step.loss)", "training.progress": "\(step.progress)",
            "training.samples_per_second": "\(Int(figures.samplesPerSecond))",
            "training.seconds_left": "\(Int(figures.secondsLeft.rounded(.up)))",
        ]
        run.trainer.context.logger.info(
            "training", metadata: numbers.merging(description) { number, _ in number })
    }
}
