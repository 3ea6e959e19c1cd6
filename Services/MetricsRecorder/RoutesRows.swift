internal import Foundation
internal import Schema
internal import Store

extension DashboardSummary.Feed {
    init(_ status: FeedStatus) {
        self.init(
            source: status.source, detail: status.detail, from: status.from?.milliseconds,
            to: status.to?.milliseconds, reached: status.reached?.milliseconds, ended: status.isFinished)
    }
}

extension DashboardSummary.Progress {
    /// `nil` where nobody knows how long the feed will be.
    init?(_ status: FeedStatus) {
        guard let expected = status.expected else { return nil }
        self.init(done: status.batches, total: max(expected, status.batches))
    }
}

extension DashboardSummary.Job {
    private struct Payload: Decodable { let model: String }

    /// `nil` for a job that is done.
    init?(_ job: Store.Job) {
        guard job.state != .done else { return nil }
        self.init(
            id: job.id, model: (try? job.payload.decoded(as: Payload.self).model) ?? job.kind,
            state: job.state.rawValue, progress: job.progress, attempts: job.attempts, error: job.error)
    }
}

extension JudgedPrediction {
    /// Judges a prediction: up is a next close above the reference price, as ``Schema/Prediction/probability`` says.
    ///
    /// A probability of one half is no call.
    init(_ row: DashboardQueries.PredictionRow) {
        self.init(
            model: row.model, role: row.role, timeframe: row.timeframe, openTime: row.openTime.milliseconds,
            asOf: row.asOf.milliseconds, probability: row.probability, uncertainty: row.uncertainty, signal: row.signal,
            confidence: row.confidence, referencePrice: row.referencePrice, outcomePrice: row.nextClose,
            correct: row.probability == 0.5
                ? nil : row.nextClose.map { ($0 > row.referencePrice) == (row.probability > 0.5) })
    }
}
