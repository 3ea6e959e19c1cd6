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

    private let trainer: Trainer
    private let lease: JobLease
    private let session: PostgresSession
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
        var history = TrainingHistory(request)
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
                trainer.context.metrics.set("tidegate_job_progress", step.progress)
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
        trainer.context.metrics.set("tidegate_job_progress", progress)
    }

    /// Throws when the work must end: at once when it is another's, at a checkpoint when the service is to stop.
    ///
    /// - Parameter isSaved: Whether nothing would be lost.
    private func check(isSaved: Bool) throws(Interruption) {
        if watch.isLost { throw .leaseLost }
        guard stop.isRaised else { return }
        let now = WallClock.monotonic
        let seen = stopSeen ?? now
        stopSeen = seen
        if isSaved || now - seen > Self.grace { throw .stopped }
    }

    // MARK: The end

    /// What decides a version's weights, as its row keeps it.
    private struct Recipe: Encodable {
        let request: TrainingRequest
        let plan: DirectionTrainingPlan
    }

    private struct Outcome: Encodable {
        let version: String
        let metrics: DirectionMetrics
    }

    /// Registers the version, notes the trial, moves the alias and ends the job: all or nothing, and only while the lease
    /// is held.
    private func finish(
        _ request: TrainingRequest, _ plan: DirectionTrainingPlan, _ vectors: [FeatureVector],
        _ trained: TrainedDirectionModel
    ) throws {
        guard let first = vectors.first, let last = vectors.last else {
            preconditionFailure("a model was trained on nothing")
        }
        let settings = try Self.json(Recipe(request: request, plan: plan))
        let metrics = try Self.json(trained.metrics)
        let result = try Self.json(Outcome(version: trained.version, metrics: trained.metrics))
        let version = ModelVersion(
            id: trained.version, model: trained.kind.rawValue, featureSet: first.featureSet,
            weights: trained.weights, settings: settings, metrics: metrics, dataFrom: first.asOf, dataTo: last.asOf,
            revision: trainer.settings.revision, seed: request.seed)
        let trial = Trial(
            job: lease.job.id, model: trained.kind.rawValue, fold: 0, settings: settings, metrics: metrics)
        let lease = lease
        try session.retrying("finish job") { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.register(version, connection)
                try TrialStore(connection).record(trial)
                if let alias = request.promote {
                    try ModelRegistry(connection).promote(alias, to: version.id)
                    let id = "promote/\(alias)/\(version.id)/\(lease.job.id)"
                    try ControlRequests(connection).submit(
                        Control(id: id, change: .modelActivated(alias: alias, version: version.id)))
                }
                try JobQueue(connection).complete(lease, result: result)
            }
        }
        trainer.context.metrics.set("tidegate_job_progress", 1)
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

    private static func json(_ value: some Encodable) throws -> JSONText {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return JSONText(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
