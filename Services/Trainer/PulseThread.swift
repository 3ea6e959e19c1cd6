internal import Logging
internal import Schema
internal import ServiceKit
internal import Store

/// The thread that gives signs of life: of the work in hand, and of the service.
final class PulseThread {
    private let context: ServiceContext
    private let seconds: Double
    private let watch: JobWatch
    private let ended: StopFlag
    private let session: PostgresSession
    private let startedAt = WallClock.now
    private let instance = StatusReport.instanceName

    /// `ended` is raised when there is no more work to watch.
    init(_ trainer: Trainer, _ watch: JobWatch, ended: StopFlag) {
        context = trainer.context
        seconds = Double(trainer.settings.lease)
        self.watch = watch
        self.ended = ended
        session = trainer.context.session(named: "\(trainer.context.name)-pulse", shouldStop: { ended.isRaised })
    }

    func run() throws {
        var (lastBeat, lastStatus, lastSweep) = (WallClock.monotonic, Int64(0), Int64.min)
        do {
            while !ended.isRaised {
                let now = WallClock.monotonic
                if Double(now - lastBeat) > seconds / 4 * 1e9 {
                    lastBeat = now
                    try beat()
                }
                if now - lastStatus > 1_000_000_000 {
                    lastStatus = now
                    try reportStatus()
                }
                if lastSweep < now - 60_000_000_000 {
                    lastSweep = now
                    try StatusReport.forgetGone(context, session)
                }
                WallClock.sleep(milliseconds: 50)
            }
            context.health.becomeUnready("stopped")
            try reportStatus()
        } catch StoreError.stopped {
            return
        }
    }

    private func beat() throws(StoreError) {
        guard let claim = watch.claim else { return }
        let seconds = seconds
        let isHeld = try session.retrying("keep lease") { connection throws(StoreError) in
            switch claim {
            case .job(let lease): try JobQueue(connection).heartbeat(lease, seconds: seconds)
            case .rank(let seat): try RankGroups(connection).heartbeat(seat, seconds: seconds)
            }
        }
        if isHeld {
            context.metrics.set(.jobHeartbeat, WallClock.now.seconds)
        } else {
            watch.lose(claim)
        }
    }

    private func reportStatus() throws(StoreError) {
        let metrics = context.metrics
        metrics.set(.jobLease, isOne: watch.leaseState, of: ["none", "held", "lost"], label: "state")
        let jobs = try session.retrying("count jobs") { connection throws(StoreError) in
            try JobQueue(connection).counts()
        }
        for state in Job.State.allCases {
            metrics.set(.queuedJobs, Double(jobs[state] ?? 0), labels: ["state": state.rawValue])
        }
        try StatusReport.save(
            context, session, instance: instance, startedAt: startedAt, position: watch.position, lagMilliseconds: 0,
            endpoint: "")
    }
}
