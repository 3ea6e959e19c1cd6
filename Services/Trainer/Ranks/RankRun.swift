internal import Logging
internal import Models
internal import Store

/// A rank of a fit that another trainer leads.
///
/// It computes its share of every batch, and comes to the same weights as the leader; it keeps nothing of them.
struct RankRun {
    let run: JobRun
    let seat: RankSeat
    let histories: HistoryReader

    /// Takes part to the end of the fit.
    ///
    /// - Returns: What to say of it; the version that the weights would be is the same from all ranks.
    /// - Throws: ``JobRun/Interruption``, and ``RankError`` or another error when the group has broken.
    func work() throws -> Logger.Metadata {
        let fitting = try Fitting(run, histories)
        let seat = seat
        try run.session.retrying("be ready") { connection throws(StoreError) in
            try RankGroups(connection).becomeReady(seat)
        }
        guard try run.gather(seat.group) else { throw RankError.broken }
        let ranks = try run.connect(seat.group, rank: seat.rank, of: seat.ranks)
        let weights = try fitting.weights(in: ranks, continuing: seat.checkpoint) { _, _ in
            try run.check(isSaved: true)
        }
        return fitting.description.merging([
            "training.rank": "\(seat.rank)", "training.version": "\(fitting.order.version(of: weights))",
        ]) { first, _ in first }
    }
}
