public import Schema

/// What a folder has recorded, moment by moment: candles, and what its `series.csv` names.
///
/// Ingestor, backtest and training read folders by it, so that they see the same. Not `Sendable`: one task reads the files.
public struct RecordedFeed {
    fileprivate var candles: RecordedCandles
    fileprivate var events: RecordedEvents

    /// The next moment at which candles close, and what became visible up to it; `nil` after the last.
    ///
    /// - Throws: ``MarketError`` when a file is damaged.
    public mutating func next() throws(MarketError) -> FeedStep? {
        guard var step = try candles.next() else { return nil }
        step.events = try events.take(by: step.closeTime)
        return step
    }
}

extension RecordedFolder {
    /// All that the folder has of some instruments, merged by time.
    ///
    /// Candles that open before `from` or close after `to` are passed over, and so is what became visible by `from`. The
    /// time of a step already taken, given as `from`, resumes behind that step.
    ///
    /// - Throws: ``MarketError`` when a file is missing, damaged or without a column.
    public func feed(
        of instruments: [Instrument], timeframe: Timeframe, from: UnixNanos? = nil, to: UnixNanos? = nil
    ) throws(MarketError) -> RecordedFeed {
        RecordedFeed(
            candles: try candles(of: instruments, timeframe: timeframe, from: from, to: to),
            events: try RecordedEvents(try SeriesTable(folder: path).readers(of: instruments.sorted()), behind: from))
    }
}
