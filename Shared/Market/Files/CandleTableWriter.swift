public import Schema

/// Writes candles as the table that ``CSVCandles`` reads, so that reading it gives the same bits; gzip-compressed where the
/// path ends in `.gz`.
///
/// What is written is the caller's only once ``close()`` has returned.
public struct CandleTableWriter {
    /// The first line.
    public static let header = "open_time_ms,open,high,low,close,volume\n"

    private let file: TextFileWriter

    /// Begins a file, which replaces what stands at `path`.
    ///
    /// - Throws: ``MarketError/unwritable(path:)``.
    public init(path: String) throws(MarketError) {
        file = try TextFileWriter(path: path)
        try file.write(Self.header)
    }

    /// A candle's line.
    public static func line(_ candle: Candle) -> String {
        "\(candle.openTime.milliseconds),\(candle.open),\(candle.high),\(candle.low),\(candle.close),\(candle.volume)\n"
    }

    /// - Throws: ``MarketError/unwritable(path:)``, for example when the disk is full.
    public func write(_ candles: [Candle]) throws(MarketError) {
        for candle in candles { try file.write(Self.line(candle)) }
    }

    /// Ends the file.
    ///
    /// - Throws: ``MarketError/unwritable(path:)``.
    public func close() throws(MarketError) { try file.close() }
}
