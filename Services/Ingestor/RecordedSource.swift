internal import Market
internal import Schema

/// Candles, and what happened beside them, from files.
struct RecordedSource: FeedSource {
    let detail: String
    private var feed: RecordedFeed

    /// `behind`: The moment that the stored feed has reached.
    init(folder: String, market: MarketSettings, from: UnixNanos?, to: UnixNanos?, behind: UnixNanos?) throws {
        detail = folder
        feed = try RecordedFolder(folder).feed(
            of: market.instruments, timeframe: market.base, from: [from, behind].compactMap { $0 }.max(), to: to)
    }

    mutating func next() throws -> SourceAnswer { try feed.next().map { .step($0) } ?? .finished }
}
