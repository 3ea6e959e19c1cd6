internal import ArgumentParser
internal import Evaluation
internal import Market
internal import Schema
internal import Store

/// What a model is to learn from.
struct HistoryOptions: ParsableArguments {
    @Option(
        help: "feed or candles: which of what is stored; by default the feed, where there is one.",
        transform: parseSource)
    var source: TrainingRequest.Source?
    @Option(help: "Learn from what was knowable from this moment on, as 2024-01-01.") var from: String?
    @Option(help: "Learn from what was knowable up to this moment.") var to: String?
    @Option(help: "Instruments, comma separated; by default all that are stored.") var instruments: String?
    @Option(help: "The timeframe to predict; by default the shortest that is stored.") var timeframe: String?
    @Option(
        help: """
            Longer timeframes to look at, comma separated; by default all that are stored, and where there is no feed 4h \
            and 1d.
            """)
    var higher: String?

    private static func parseSource(_ text: String) throws -> TrainingRequest.Source {
        guard let source = TrainingRequest.Source(rawValue: text) else {
            throw ValidationError("--source is feed or candles, not \"\(text)\"")
        }
        return source
    }

    func validate() throws {
        let (from, to) = (try moment(from, "--from"), try moment(to, "--to"))
        if let from, let to, from >= to { throw ValidationError("--from is not before --to") }
    }

    func moment(_ text: String?, _ name: String) throws -> UnixNanos? {
        guard let text else { return nil }
        guard let moment = UnixNanos(iso8601: text) else {
            throw ValidationError("\(name): \"\(text)\" is not a moment like 2024-02-01 or 2024-02-01T00:00")
        }
        return moment
    }

    /// The source, and the market with what is stored there in place of what the command line does not say.
    func resolve(_ connection: PostgresConnection) throws -> (TrainingRequest.Source, MarketSettings) {
        let inventory = CandleInventory(connection)
        let fed = TrainingMarket.Stored(try inventory.fed())
        let source = source ?? (fed.timeframes.isEmpty ? .candles : .feed)
        switch source {
        case .feed:
            return (
                source,
                try TrainingMarket.resolve(
                    instruments: instruments, timeframe: timeframe, higher: higher, stored: fed)
            )
        case .candles:
            let stored = TrainingMarket.Stored(try inventory.series().map { ($0.instrument, $0.timeframe) })
            return (
                source,
                try TrainingMarket.resolve(
                    instruments: instruments, timeframe: timeframe, higher: higher, stored: stored.aggregated)
            )
        }
    }
}
