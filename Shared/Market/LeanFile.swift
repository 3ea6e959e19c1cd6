public import Schema

/// Opens QuantConnect LEAN trade files: a zip with one table without header.
///
/// Folder layout and columns: LEAN repository, `Data/crypto/readme.md`.
public enum LeanFile {
    /// Candles by the day.
    public static func daily(path: String, instrument: Instrument) throws(MarketError) -> CSVCandles {
        let content = try ZipArchive(path: path).onlyContents()
        return CSVCandles(
            MemoryBytes(content, name: path), layout: .leanDaily, instrument: instrument.name, timeframe: .day1)
    }

    /// Candles by the minute of one day, given by its midnight, UTC: the date stands only in the file's name.
    public static func minute(path: String, instrument: Instrument, day: UnixNanos) throws(MarketError) -> CSVCandles {
        let content = try ZipArchive(path: path).onlyContents()
        return CSVCandles(
            MemoryBytes(content, name: path), layout: .leanIntraday(day: day), instrument: instrument.name,
            timeframe: .minute1)
    }
}
