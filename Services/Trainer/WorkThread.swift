internal import Evaluation
internal import Foundation
internal import Logging
internal import Schema
internal import ServiceKit
internal import Store
internal import Tensor

/// The thread of a trainer that claims jobs and does them.
final class WorkThread {
    private let trainer: Trainer
    private let watch: JobWatch
    private let stop: StopFlag
    private let session: PostgresSession
    private let histories = HistoryReader()
    /// Names this process among all trainers.
    private let owner: String

    private var context: ServiceContext { trainer.context }

    init(_ trainer: Trainer, _ watch: JobWatch, stop: StopFlag) {
        self.trainer = trainer
        self.watch = watch
        self.stop = stop
        owner = "\(trainer.context.name)/\(getpid())/\(WallClock.drawRun())"
        session = trainer.context.session(shouldStop: { stop.isRaised }) {
            connection throws(StoreError) in try connection.listen(JobQueue.channel)
        }
        Torch.keepLargeBlocks()
    }

    func run() throws {
        context.logger.info("started", metadata: ["trainer.owner": "\(owner)"])
        do {
            while !stop.isRaised {
                if let lease = try claim() {
                    try work(on: lease)
                } else {
                    context.health.becomeReady()
                    try waitForJob()
                }
            }
        } catch StoreError.stopped {
            // The database is away, and a lease that is held runs out by itself.
            context.logger.warning("stopped while the database was away")
        }
        context.logger.info("stopped")
    }

    private func claim() throws(StoreError) -> JobLease? {
        let (owner, seconds) = (owner, Double(trainer.settings.lease))
        return try session.retrying("claim job") { connection throws(StoreError) in
            try JobQueue(connection).claim(
                [TrainingRequest.jobKind, FitOrder.jobKind], owner: owner, seconds: seconds)
        }
    }

    /// Waits for a notification, at most a second: nobody tells when a lease runs out.
    private func waitForJob() throws(StoreError) {
        for _ in 0..<5 where !stop.isRaised {
            let isNotified = try session.retrying("wait for jobs") { connection throws(StoreError) in
                !(try connection.waitForNotification(milliseconds: 200)).isEmpty
            }
            if isNotified { return }
        }
    }

    // MARK: One job

    private func work(on lease: JobLease) throws {
        watch.begin(lease)
        defer { watch.end() }
        context.health.becomeReady()
        context.metrics.set(.jobProgress, lease.job.progress)
        context.logger.info(
            "job claimed",
            metadata: [
                "job.id": "\(lease.job.id)", "job.attempt": "\(lease.job.attempts)",
                "job.progress": "\(lease.job.progress)",
            ])
        do {
            try attempt(lease)
        } catch StoreError.leaseLost {
            note(lease, "lost", .warning)
        }
    }

    private func attempt(_ lease: JobLease) throws {
        let run = JobRun(trainer, lease, session, watch, stop)
        do {
            let done =
                lease.job.kind == FitOrder.jobKind
                ? try FitRun(run: run, histories: histories).work()
                : try TrainingRun(run: run, histories: histories).work()
            switch done {
            case .done(let described): note(lease, "done", described)
            case .divided(let described): note(lease, "divided", described)
            }
        } catch JobRun.Interruption.leaseLost {
            throw StoreError.leaseLost(job: lease.job.id)
        } catch JobRun.Interruption.stopped {
            try session.retrying("release job") { connection throws(StoreError) in
                try JobQueue(connection).release(lease)
            }
            note(lease, "released")
        } catch let error as StoreError where error == .stopped || error == .leaseLost(job: lease.job.id) {
            throw error
        } catch {
            let reason = "\(error)".replacing("\n", with: " ")
            try session.retrying("fail job") { connection throws(StoreError) in
                try JobQueue(connection).fail(lease, error: reason)
            }
            context.health.note(error: reason)
            note(lease, "failed", .error, ["job.error": "\(reason)"])
        }
    }

    private func note(
        _ lease: JobLease, _ state: String, _ level: Logger.Level = .info, _ more: Logger.Metadata = [:]
    ) {
        context.metrics.add(.jobsLetGo, labels: ["state": state])
        context.logger.log(
            level: level, "job \(state)", metadata: more.merging(["job.id": "\(lease.job.id)"]) { first, _ in first })
    }

    private func note(_ lease: JobLease, _ state: String, _ more: Logger.Metadata) { note(lease, state, .info, more) }
}
