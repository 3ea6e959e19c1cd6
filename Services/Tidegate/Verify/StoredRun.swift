internal import Evaluation
internal import Market
internal import Models
internal import Pipeline
internal import Schema
internal import Store

/// A run that a database holds, to be made again in one process from the same candles and the same models.
///
/// The candles come from files, as the ingestor read them; from the database come the model versions, and where in the feed
/// a control stands.
struct StoredRun {
    let connection: PostgresConnection
    let market: MarketSettings
    let folder: String
    let from: UnixNanos?
    let to: UnixNanos?

    /// Runs the feed again and stores into another database what the services would store.
    ///
    /// - Returns: The number of batches.
    func again(into reference: PostgresConnection, _ progress: @escaping (Int) -> Void) throws -> Int {
        let controls = try controls()
        var backtest = StoringBacktest(try assembly(), into: reference, progress)
        var builder = FeedBuilder(market.feed)
        var feed = try RecordedFolder(folder).feed(
            of: market.instruments, timeframe: market.base, from: from, to: to)
        while let step = try feed.next() {
            for control in controls[UInt64(backtest.batches) + 1] ?? [] { builder.place(control) }
            try backtest.run(builder.close(step))
        }
        return try backtest.finish()
    }

    /// The controls of each batch, by the batch's number in the feed, which counts from 1.
    private func controls() throws -> [UInt64: [Control]] {
        var controls: [UInt64: [Control]] = [:]
        var (position, number) = (FeedPosition.start, UInt64(0))
        while true {
            let batches = try FeedLog(connection).batches(after: position, limit: 512)
            for batch in batches {
                number += 1
                for entry in batch.entries {
                    if case .control(let control) = entry.event.message {
                        controls[number, default: []].append(control)
                    }
                }
            }
            guard let last = batches.last else { return controls }
            position = last.watermark.position
        }
    }

    private func assembly() throws -> PipelineAssembly {
        let settings = [
            "market.instruments": market.instruments.map(\.name).joined(separator: ","),
            "market.timeframe": market.base.rawValue,
            "market.higher": market.higher.map(\.rawValue).joined(separator: ","),
        ]
        var artifacts: [String: ModelArtifact] = [:]
        let registry = ModelRegistry(connection)
        for summary in try registry.summaries() {
            guard let row = try registry.version(summary.id), let artifact = try? row.artifact else { continue }
            artifacts[row.id] = artifact
        }
        let known = artifacts
        return try PipelineAssembly({ settings[$0] }) { id in
            guard let artifact = known[id] else { throw ServingError.noVersion(id) }
            return artifact
        }
    }
}
