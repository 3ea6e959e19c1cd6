public import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A folder of recorded candles.
///
/// For `binance.BTC-USDT` and `1h` it looks for the first of these that exists, each with `.csv.gz` and then `.csv`:
///
///     <folder>/ohlcv/binance_spot/BTCUSDT_1h     <folder>/ohlcv/binance/BTCUSDT_1h
///     <folder>/binance_spot/BTCUSDT_1h           <folder>/binance/BTCUSDT_1h
///     <folder>/binance.BTC-USDT_1h               <folder>/BTC-USDT_1h                 <folder>/BTCUSDT_1h
///
/// where in the first two rows `BTC-USDT_1h` will do as well. The table needs a header with `open_time_ms`, `open`,
/// `high`, `low`, `close` and `volume` in any order.
public struct RecordedFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The file with an instrument's candles.
    ///
    /// - Throws: ``MarketError/noFile(instrument:timeframe:lookedFor:)``.
    public func file(for instrument: Instrument, timeframe: Timeframe) throws(MarketError) -> String {
        let candidates = candidates(for: instrument, timeframe: timeframe)
        guard let found = candidates.first(where: { access($0, R_OK) == 0 }) else {
            throw .noFile(instrument: instrument, timeframe: timeframe, lookedFor: candidates)
        }
        return found
    }

    /// The candles of several instruments, merged by time.
    ///
    /// Candles that open before `from` or close after `to` are passed over. The time of a step already taken, given as
    /// `from`, resumes behind that step.
    ///
    /// - Throws: ``MarketError`` when a file is missing, damaged or without a column.
    public func candles(
        of instruments: [Instrument], timeframe: Timeframe, from: UnixNanos? = nil, to: UnixNanos? = nil
    ) throws(MarketError) -> RecordedCandles {
        var readers: [CSVCandles] = []
        for instrument in instruments.sorted() {
            let file = try GzipFile(path: try self.file(for: instrument, timeframe: timeframe))
            readers.append(try CSVCandles(file, instrument: instrument.name, timeframe: timeframe))
        }
        return try RecordedCandles(readers, from: from, to: to)
    }

    private func candidates(for instrument: Instrument, timeframe: Timeframe) -> [String] {
        let joined = "\(instrument.base)\(instrument.quote)_\(timeframe.rawValue)"
        let dashed = "\(instrument.base)-\(instrument.quote)_\(timeframe.rawValue)"
        var stems: [String] = []
        for venue in [
            "ohlcv/\(instrument.venue)_spot", "ohlcv/\(instrument.venue)", "\(instrument.venue)_spot", instrument.venue,
        ] {
            stems += ["\(venue)/\(joined)", "\(venue)/\(dashed)"]
        }
        stems += ["\(instrument.venue).\(dashed)", dashed, joined]
        return stems.flatMap { ["\(path)/\($0).csv.gz", "\(path)/\($0).csv"] }
    }
}
