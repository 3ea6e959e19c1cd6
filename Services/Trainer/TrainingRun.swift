internal import Foundation
internal import Logging
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// One attempt at a training job, from the stored feed to the registered version.
final class TrainingRun {
    /// Why an attempt ends without a result; what was saved is kept.
    enum Interruption: Error { case stopped, leaseLost }

    let trainer: Trainer
    let lease: JobLease
    let session: PostgresSession
    private let watch: JobWatch
    private let stop: StopFlag
    private var pace: TrainingPace
    /// When the stop was first seen.
    private var stopSeen: Int64?

    /// How long a training may go on to its next checkpoint once it is to stop, in nanoseconds.
    private static let grace: Int64 = 3_000_000_000
    /// Batches of the feed that are read at once.
    private static let page = 512

    init(_ trainer: Trainer, _ lease: JobLease, _ session: PostgresSession, _ watch: JobWatch, _ stop: StopFlag) {
        self.trainer = trainer
        self.lease = lease
        self.session = session
        self.watch = watch
        self.stop = stop
        pace = TrainingPace(WallClock.monotonic)
    }

    /// Does the job.
    ///
    /// - Returns: The version's id.
    func run() throws -> String {
        let request = try TrainingRequest(json: lease.job.payload.rawValue)
        var plan = request.plan
        plan.threads = trainer.settings.threads
        var checkpoint = try lease.checkpoint.map { try JobCheckpoint(bytes: $0) } ?? begin()
        let history = try load(request, upTo: checkpoint.upTo)
        let data = history.dataset()
        trainer.context.logger.info(
            "history read",
            metadata: [
                "job.id": "\(lease.job.id)", "training.vectors": "\(history.vectors.count)",
                "training.samples": "\(data.samples.count)",
            ])
        let trained: TrainedDirectionModel
        do {
            trained = try train(plan, data, &checkpoint)
        } catch DirectionTrainingError.foreignCheckpoint {
            trainer.context.logger.warning(
                "the checkpoint is of another build or another number of threads; training begins anew",
                metadata: ["job.id": "\(lease.job.id)"])
            checkpoint.training = nil
            trained = try train(plan, data, &checkpoint)
        }
        try finish(request, plan, history.vectors, trained)
        return trained.version
    }

    /// Fixes what is learned from, so that every attempt at the job sees the same.
    private func begin() throws -> JobCheckpoint {
        let head = try session.retrying("read feed's head") { connection throws(StoreError) in
            try FeedLog(connection).head()
        }
        let checkpoint = JobCheckpoint(upTo: head?.watermark.position ?? .start)
        try save(checkpoint, progress: 0)
        return checkpoint
    }

    private func load(_ request: TrainingRequest, upTo end: FeedPosition) throws -> TrainingHistory {
        var history = try TrainingHistory(request)
        var position = FeedPosition.start
        while position < end, !history.isComplete {
            let after = position
            let batches = try session.retrying("read feed") { connection throws(StoreError) in
                try FeedLog(connection).batches(after: after, limit: Self.page)
            }
            for batch in batches where batch.watermark.position <= end {
                try history.take(batch.entries.map(\.event), closing: batch.watermark)
            }
            guard let last = batches.last else { break }
            position = last.watermark.position
            watch.read(upTo: position)
            try check(isSaved: true)
        }
        return history
    }

    // MARK: Training

    private func train(
        _ plan: DirectionTrainingPlan, _ data: DirectionDataset, _ checkpoint: inout JobCheckpoint
    ) throws -> TrainedDirectionModel {
        pace = TrainingPace(WallClock.monotonic)
        var current = checkpoint
        defer { checkpoint = current }
        return try DirectionTraining.train(
            plan, on: data, continuing: current.training.map { [UInt8]($0) },
            step: { step in
                trainer.context.metrics.set(.jobProgress, step.progress)
                report(step)
                try check(isSaved: false)
            },
            save: { bytes, progress in
                current.training = Data(bytes)
                try save(current, progress: progress)
                try check(isSaved: true)
            })
    }

    private func report(_ step: TrainingStep) {
        guard let figures = pace.take(step, at: WallClock.monotonic) else { return }
        trainer.context.logger.info(
            "training",
            metadata: [
                "job.id": "\(lease.job.id)", "training.\(step.unit.rawValue)": "\(step.number)/\(step.total)",
                "training.loss": "\(step.loss)", "training.progress": "\(step.progress)",
                "training.samples_per_second": "\(Int(figures.samplesPerSecond))",
                "training.seconds_left": "\(Int(figures.secondsLeft.rounded(.up)))",
            ])
    }

    private func save(_ checkpoint: JobCheckpoint, progress: Double) throws {
        let (lease, seconds, bytes) = (lease, Double(trainer.settings.lease), try checkpoint.bytes())
        let isHeld = try session.retrying("save checkpoint") { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let jobs = JobQueue(connection)
                try jobs.saveCheckpoint(bytes, progress: progress, lease)
                return try jobs.heartbeat(lease, seconds: seconds, progress: progress)
            }
        }
        guard isHeld else { throw Interruption.leaseLost }
        trainer.context.metrics.set(.jobProgress, progress)
    }

    // Ends the work: at once when it is another's; when the service is to stop, as soon as nothing would be lost.
    private func check(isSaved: Bool) throws(Interruption) {
        if watch.isLost { throw .leaseLost }
        guard stop.isRaised else { return }
        let now = WallClock.monotonic
        let seen = stopSeen ?? now
        stopSeen = seen
        if isSaved || now - seen > Self.grace { throw .stopped }
    }
}
