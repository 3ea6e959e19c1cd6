internal import Evaluation
internal import Logging
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// One attempt at a job, alone or as a rank of several: when to let go of it.
final class JobRun {
    /// Why an attempt ends without a result; what was saved is kept.
    enum Interruption: Error {
        case stopped, leaseLost
        /// A fit that was asked for earlier needs this trainer.
        case yielded
    }

    /// What became of a job, with what to say of it.
    enum Done {
        case done(Logger.Metadata)
        /// Others go on with its parts.
        case divided(Logger.Metadata)
    }

    let trainer: Trainer
    let job: Job
    let session: PostgresSession
    private let watch: JobWatch
    private let stop: StopFlag
    /// When the stop was first seen.
    private var stopSeen: Int64?

    /// How long a fit may go on to its next checkpoint once it is to stop, in nanoseconds.
    private static let grace: Int64 = 3_000_000_000

    init(_ trainer: Trainer, _ job: Job, _ session: PostgresSession, _ watch: JobWatch, _ stop: StopFlag) {
        (self.trainer, self.job, self.session) = (trainer, job, session)
        (self.watch, self.stop) = (watch, stop)
    }

    /// Ends the work: at once when it is another's; when the service is to stop, as soon as nothing would be lost.
    func check(isSaved: Bool) throws(Interruption) {
        if watch.isLost { throw .leaseLost }
        guard stop.isRaised else { return }
        let now = WallClock.monotonic
        let seen = stopSeen ?? now
        stopSeen = seen
        if isSaved || now - seen > Self.grace { throw .stopped }
    }

    /// Says how far the feed was read.
    func read(upTo position: FeedPosition) { watch.read(upTo: position) }

    func save(_ checkpoint: [UInt8], progress: Double, _ lease: JobLease) throws {
        let seconds = Double(trainer.settings.lease)
        let isHeld = try session.retrying("save checkpoint") { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let jobs = JobQueue(connection)
                try jobs.saveCheckpoint(checkpoint, progress: progress, lease)
                return try jobs.heartbeat(lease, seconds: seconds, progress: progress)
            }
        }
        guard isHeld else { throw Interruption.leaseLost }
        trainer.context.metrics.set(.jobProgress, progress)
        try check(isSaved: true)
    }

    /// What a job was asked to do; of a fit, the training that it belongs to.
    func request() throws -> TrainingRequest {
        guard let parent = job.parent else { return try TrainingRequest(json: job.payload.rawValue) }
        let training = try session.retrying("read training") { connection throws(StoreError) in
            try JobQueue(connection).job(parent)
        }
        guard let training else { throw TrainingError.request("its training is gone") }
        return try TrainingRequest(json: training.payload.rawValue)
    }

    /// A version of the registry; `nil` when there is none of this id.
    func version(_ id: String) throws(StoreError) -> ModelVersion? {
        try session.retrying("read version") { connection throws(StoreError) in
            try ModelRegistry(connection).version(id)
        }
    }
}
