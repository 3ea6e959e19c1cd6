public import Schema

/// Reads a series of candles as columns and judges its quality on the way.
///
/// Rows that are no valid candle, or not later than those before, are left out and counted in ``report``. Not `Sendable`:
/// one task reads a file.
public struct SeriesReader {
    public let instrument: Instrument
    public let timeframe: Timeframe
    private var candles: CSVCandles
    private var rest: ArraySlice<CandleFile>
    private var quality: SeriesQuality

    /// What was found in the rows read so far.
    public var report: QualityReport { quality.report }
    /// How times are written; `nil` as long as nothing said so.
    public var timeFormat: TimeFormat? { candles.timeFormat }

    /// Reads rows of `instrument`.
    ///
    /// - Parameters:
    ///   - candles: The first file.
    ///   - instrument: What the candles are of.
    ///   - rest: Files that go on where the first ends.
    ///   - outlierScore: From which on a close is an outlier; `nil` looks for none, which is faster.
    public init(
        _ candles: CSVCandles, of instrument: Instrument, then rest: ArraySlice<CandleFile> = [],
        outlierScore: Double? = OutlierDetector.standardThreshold
    ) {
        self.candles = candles
        self.rest = rest
        (self.instrument, timeframe) = (instrument, candles.timeframe)
        quality = SeriesQuality(instrument: instrument, timeframe: candles.timeframe, outlierScore: outlierScore)
    }

    /// The next candles, at most so many; none after the last.
    ///
    /// - Throws: ``MarketError`` when a file is missing or damaged.
    public mutating func next(atMost count: Int = .max) throws(MarketError) -> CandleColumns {
        var columns = CandleColumns(instrument: instrument, timeframe: timeframe, source: candles.origin)
        try read(into: &columns, upTo: count)
        while columns.count < count, let file = rest.popFirst() {
            candles = try file.candles()
            try read(into: &columns, upTo: count)
        }
        return columns
    }

    private mutating func read(into columns: inout CandleColumns, upTo count: Int) throws(MarketError) {
        while columns.count < count, let outcome = try candles.nextNumbers() {
            switch outcome {
            case .empty: continue
            case .malformed(let reason): quality.accept(malformed: reason, line: candles.line)
            case .numbers(let numbers):
                if let openTime = quality.acceptPlain(numbers) {
                    columns.append(
                        openTime: openTime, open: numbers.open, high: numbers.high, low: numbers.low,
                        close: numbers.close, volume: numbers.volume)
                } else if let candle = quality.accept(candles.row(numbers), line: candles.line) {
                    columns.append(candle)
                }
            }
        }
    }
}
