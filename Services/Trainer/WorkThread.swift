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
                if let claim = try claim() {
                    try work(on: claim)
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

    /// A rank that another trainer waits for, else a job.
    private func claim() throws(StoreError) -> Claim? {
        let (owner, seconds, terms) = (owner, Double(trainer.settings.lease), trainer.terms)
        return try session.retrying("claim job") { connection throws(StoreError) in
            if let seat = try RankGroups(connection).claim(terms: terms, holder: owner, seconds: seconds) {
                return .rank(seat)
            }
            return try JobQueue(connection).claim(Self.kinds, owner: owner, seconds: seconds).map { .job($0) }
        }
    }

    private static let kinds = [
        TrainingRequest.jobKind, TrainingRequest.laterJobKind, FitOrder.jobKind, FitOrder.laterJobKind,
    ]

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

    private func work(on claim: Claim) throws {
        watch.begin(claim)
        defer { watch.end() }
        context.health.becomeReady()
        context.metrics.set(.jobProgress, claim.job.progress)
        switch claim {
        case .job(let lease):
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
        case .rank(let seat): try takePart(seat)
        }
    }

    private func attempt(_ lease: JobLease) throws {
        let run = JobRun(trainer, lease.job, session, watch, stop)
        do {
            let done =
                [FitOrder.jobKind, FitOrder.laterJobKind].contains(lease.job.kind)
                ? try FitRun(run: run, lease: lease, histories: histories).work()
                : try TrainingRun(run: run, lease: lease, histories: histories).work()
            switch done {
            case .done(let described): note(lease, "done", described)
            case .divided(let described): note(lease, "divided", described)
            }
        } catch JobRun.Interruption.leaseLost {
            throw StoreError.leaseLost(job: lease.job.id)
        } catch is JobRun.Interruption {
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

    // MARK: One rank

    /// Does a rank of another trainer's fit; when it cannot, that one looks for others.
    private func takePart(_ seat: RankSeat) throws {
        let about: Logger.Metadata = ["job.id": "\(seat.job.id)", "training.rank": "\(seat.rank)"]
        context.logger.info("rank taken", metadata: about)
        let run = JobRun(trainer, seat.job, session, watch, stop)
        var reason: String?
        do {
            let described = try RankRun(run: run, seat: seat, histories: histories).work()
            context.logger.info("rank done", metadata: described.merging(about) { first, _ in first })
            return
        } catch StoreError.stopped {
            throw StoreError.stopped
        } catch let interruption as JobRun.Interruption {
            context.logger.info("rank left", metadata: about.merging(["job.error": "\(interruption)"]) { $1 })
        } catch RankError.broken {
            // No reason of its own.
            context.logger.info("rank left", metadata: about.merging(["job.error": "\(RankError.broken)"]) { $1 })
        } catch {
            reason = "\(error)".replacing("\n", with: " ")
            context.logger.warning("rank left", metadata: about.merging(["job.error": "\(error)"]) { $1 })
        }
        let error = reason
        try session.retrying("leave rank") { connection throws(StoreError) in
            try RankGroups(connection).leave(seat, error: error)
        }
    }
}
