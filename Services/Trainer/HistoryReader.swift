internal import Evaluation
internal import Features
internal import Logging
internal import Market
internal import Models
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store

/// Reads what a training learns from, and keeps the last: the fits of a training all learn from the same.
final class HistoryReader {
    /// What decides a dataset.
    private struct Key: Hashable {
        let source: TrainingRequest.Source
        let from, to: UnixNanos?
        let instruments: [Instrument]
        let timeframe: Timeframe
        let higher: [Timeframe]
        let features: String
        let end: HistoryEnd
        let label: String
        let shuffle: UInt64?
        let window, horizon: Int
    }

    private var last: (key: Key, data: Dataset)?

    /// Batches of the feed that are read at once.
    private static let page = 512

    /// The samples of the model that is asked for; its baselines learn from the same.
    func dataset(_ request: TrainingRequest, upTo end: HistoryEnd, _ run: JobRun) throws -> Dataset {
        let order = try request.order(for: request.model)
        let key = Key(
            source: request.source, from: request.from, to: request.to, instruments: request.instruments,
            timeframe: request.timeframe, higher: request.higher, features: request.features.text, end: end,
            label: "\(request.label)",
            shuffle: request.shuffle, window: order.window, horizon: order.horizon)
        if let last, last.key == key { return last.data }
        last = nil
        let history =
            try end.moment.map { try candles(request, closedBy: $0, run) }
            ?? feed(request, upTo: end.position ?? .start, run)
        run.trainer.context.logger.info(
            "history read",
            metadata: ["job.id": "\(run.job.id)", "training.vectors": "\(history.vectors.count)"])
        let data = history.dataset(for: order)
        last = (key, data)
        return data
    }

    /// Where a history that begins to be read now ends.
    func end(_ request: TrainingRequest, _ run: JobRun) throws -> HistoryEnd {
        try run.session.retrying("read history's end") { connection throws(StoreError) in
            switch request.source {
            case .feed: return HistoryEnd(position: try FeedLog(connection).head()?.watermark.position ?? .start)
            case .candles:
                var moment = UnixNanos(.min)
                for instrument in request.instruments {
                    guard let span = try CandleStore(connection).span(instrument, request.timeframe) else { continue }
                    moment = max(moment, span.upperBound.advanced(by: request.timeframe.nanoseconds))
                }
                return HistoryEnd(moment: moment)
            }
        }
    }

    private func feed(
        _ request: TrainingRequest, upTo end: FeedPosition, _ run: JobRun
    ) throws -> TrainingHistory {
        var history = try TrainingHistory(request)
        var position = FeedPosition.start
        while position < end, !history.isComplete {
            let after = position
            let batches = try run.session.retrying("read feed") { connection throws(StoreError) in
                try FeedLog(connection).batches(after: after, limit: Self.page)
            }
            for batch in batches where batch.watermark.position <= end {
                try history.take(batch.entries.map(\.event), closing: batch.watermark)
            }
            guard let last = batches.last else { break }
            position = last.watermark.position
            run.read(upTo: position)
            try run.check(isSaved: true)
        }
        return history
    }

    /// Makes a feed of stored candles, as the ingestor would of a recording of them.
    private func candles(
        _ request: TrainingRequest, closedBy end: UnixNanos, _ run: JobRun
    ) throws -> TrainingHistory {
        var history = try TrainingHistory(request)
        var builder = FeedBuilder(
            FeedBuilder.Settings(
                instruments: request.instruments, base: request.timeframe, higher: request.higher))
        let all = try run.session.retrying("read candles") { connection throws(StoreError) in
            var candles: [Candle] = []
            for instrument in request.instruments {
                candles += try CandleStore(connection).candles(
                    instrument, request.timeframe, openIn: UnixNanos(.min)..<UnixNanos(.max), closedBy: end)
            }
            return candles
        }.sorted { ($0.openTime, $0.instrument) < ($1.openTime, $1.instrument) }
        var rest = all[...]
        while let first = rest.first, !history.isComplete {
            let step = rest.prefix { $0.openTime == first.openTime }
            rest = rest.dropFirst(step.count)
            builder.accept(step.map { CandleRow($0) })
            let batch = builder.closeBatch(at: first.closeTime)
            try history.take(batch.events, closing: batch.watermark)
            try run.check(isSaved: true)
        }
        return history
    }
}
