internal import Logging
internal import ServiceKit
internal import Store

/// A fit that several trainers do together, led by the holder of its lease: rank 0.
///
/// It alone saves checkpoints and ends the job. Where a rank is lost, all begin again from the last checkpoint in a new
/// group, and come to the same bits.
struct LedFit {
    let fitting: Fitting
    let lease: JobLease

    private var run: JobRun { fitting.run }

    /// So many groups may break, one after the other and none getting further, until the fit has failed.
    private static let lossLimit = 5

    /// Does the fit.
    ///
    /// - Returns: The weights, as in a version.
    /// - Throws: ``JobRun/Interruption/yielded`` when a fit that was asked for earlier needs this trainer.
    func weights() throws -> [UInt8] {
        var (checkpoint, losses) = (lease.checkpoint, 0)
        while true {
            let group = try open()
            defer { close(group) }
            do {
                guard try gather(group) else { continue }
                let ranks = try run.connect(group, rank: 0, of: fitting.ranks)
                return try fitting.weights(in: ranks, continuing: checkpoint) { bytes, progress in
                    try run.save(bytes, progress: progress, lease)
                    (checkpoint, losses) = (bytes, 0)
                }
            } catch let error where RankError.isPassing(error) {
                losses += 1
                run.trainer.context.logger.warning(
                    "a rank was lost; the fit goes on from its last checkpoint",
                    metadata: ["job.id": "\(lease.job.id)", "job.error": "\(error)"])
                guard losses < Self.lossLimit else { throw RankError.lost(times: losses, last: "\(error)") }
            }
        }
    }

    private func open() throws(StoreError) -> Int64 {
        let (lease, ranks, terms) = (lease, fitting.ranks, run.trainer.terms)
        return try run.session.retrying("open ranks") { connection throws(StoreError) in
            try RankGroups(connection).open(for: lease, ranks: ranks, terms: terms)
        }
    }

    /// Waits until all ranks are there.
    ///
    /// Two that wait for each other would wait for ever; so only the fit that was asked for first waits on, and the others
    /// give way and join it.
    ///
    /// - Returns: `false` when one fell silent, or was told to stop, before all were there.
    private func gather(_ group: Int64) throws -> Bool {
        var present = 0
        let isComplete = try run.gather(group) { found in
            if found.present != present {
                present = found.present
                run.trainer.context.logger.info(
                    "waits for trainers: \(present) of \(found.ranks) are there",
                    metadata: fitting.description.merging(["job.id": "\(lease.job.id)"]) { first, _ in first })
            }
            if try isAnotherFirst() { throw JobRun.Interruption.yielded }
        }
        guard !isComplete else { return true }
        let reasons = try run.session.retrying("read ranks") { connection throws(StoreError) in
            try RankGroups(connection).errors(in: group)
        }
        guard reasons.isEmpty else { throw RankError.left(reasons) }
        return false
    }

    private func isAnotherFirst() throws(StoreError) -> Bool {
        let (job, terms) = (lease.job.id, run.trainer.terms)
        return try run.session.retrying("read ranks") { connection throws(StoreError) in
            try RankGroups(connection).isAwaited(before: job, terms: terms)
        }
    }

    /// Tells the other ranks that they are not needed any more; where the database is away, the lease's end tells them.
    private func close(_ group: Int64) {
        try? run.session.retrying("close ranks") { connection throws(StoreError) in
            try RankGroups(connection).close(group)
        }
    }
}
