internal import Market
internal import Schema

/// Candles from files.
struct RecordedSource: FeedSource {
    let name = "file"
    let detail: String
    let from: UnixNanos?
    let to: UnixNanos?
    private var candles: RecordedCandles

    /// `behind`: The moment that the stored feed has reached.
    init(folder: String, market: MarketSettings, from: UnixNanos?, to: UnixNanos?, behind: UnixNanos?) throws {
        detail = folder
        self.from = from
        self.to = to
        let start = [from, behind].compactMap { $0 }.max()
        candles = try RecordedFolder(folder).candles(
            of: market.instruments, timeframe: market.base, from: start, to: to)
    }

    mutating func next() throws -> SourceAnswer {
        guard let step = try candles.next() else { return .finished }
        return .step(closeTime: step.closeTime, rows: step.rows, malformed: step.malformed)
    }
}
