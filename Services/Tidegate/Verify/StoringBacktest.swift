internal import Evaluation
internal import Pipeline
internal import Schema
internal import Store

/// The one-process backtest, which stores what the services would store.
struct StoringBacktest {
    private let connection: PostgresConnection
    private let progress: (Int) -> Void
    private var backtest: BacktestRun
    private var feed: [LogBatch] = []
    private var entries: [LogEntry] = []

    /// `progress`: Takes the number of batches stored, now and then.
    init(_ assembly: PipelineAssembly, into connection: PostgresConnection, _ progress: @escaping (Int) -> Void) {
        backtest = BacktestRun(assembly)
        self.connection = connection
        self.progress = progress
    }

    /// Batches run so far.
    var batches: Int { backtest.batches }

    mutating func run(_ batch: Batch) throws {
        var (feed, entries) = (feed, entries)
        (self.feed, self.entries) = ([], [])
        try backtest.run(batch) { service, output in
            if service == Topology.ingestor { feed.append(output) } else { entries += output.entries }
        }
        (self.feed, self.entries) = (feed, entries)
        if feed.count >= 512 { try store() }
    }

    /// Stores the rest.
    ///
    /// - Returns: The number of batches.
    mutating func finish() throws -> Int {
        try store()
        return batches
    }

    private mutating func store() throws {
        try FeedLog(connection).append(feed)
        _ = try EventStore(connection).save(entries)
        feed.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        progress(batches)
    }
}
