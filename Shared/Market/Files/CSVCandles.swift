public import Schema

/// Reads candles from comma-separated text, line by line.
///
/// A line that cannot be read is given as ``CandleRecord/malformed(line:reason:)``: one bad line does not lose the rest.
/// Lines are read as bytes; no string is made of a field. Not `Sendable`: one task reads a file.
public struct CSVCandles {
    /// The instrument that every row is given.
    public let instrument: String
    public let timeframe: Timeframe
    let origin: Candle.Source
    private var parser: CSVLineParser
    private var lines: LineReader

    /// The number of the line given last, from 1 on.
    public var line: Int { lines.line }
    /// How times are written; `nil` as long as nothing said so.
    public var timeFormat: TimeFormat? { parser.timeFormat }

    /// Reads a table whose first line names the columns.
    ///
    /// `names` are those of columns where they are not the usual ones; `timeFormat` is told by the column's name or the
    /// first row where it is `nil`.
    ///
    /// - Throws: ``MarketError/column(path:missing:header:)`` when the header lacks one that is needed.
    public init(
        _ source: any ByteSource, instrument: String, timeframe: Timeframe, origin: Candle.Source = .file,
        names: [CSVLayout.Field: String] = [:], timeFormat: TimeFormat? = nil
    ) throws(MarketError) {
        lines = LineReader(source)
        let header = try lines.next { String(decoding: $0, as: UTF8.self) } ?? ""
        parser = CSVLineParser(
            try CSVLayout(header: header, path: source.name, names: names, timeFormat: timeFormat))
        (self.instrument, self.timeframe, self.origin) = (instrument, timeframe, origin)
    }

    /// Reads a table without a header.
    public init(
        _ source: any ByteSource, layout: CSVLayout, instrument: String, timeframe: Timeframe,
        origin: Candle.Source = .file
    ) {
        lines = LineReader(source)
        parser = CSVLineParser(layout)
        (self.instrument, self.timeframe, self.origin) = (instrument, timeframe, origin)
    }

    /// The next line; `nil` after the last.
    ///
    /// Empty lines are passed over.
    ///
    /// - Throws: ``MarketError/file(path:reason:)`` when the file is damaged.
    public mutating func next() throws(MarketError) -> CandleRecord? {
        switch try nextNumbers() {
        case .none, .empty: nil
        case .malformed(let reason): .malformed(line: lines.line, reason: reason)
        case .numbers(let numbers): .candle(row(numbers))
        }
    }

    /// The next line that is not empty; `nil` after the last.
    @inline(__always)
    mutating func nextNumbers() throws(MarketError) -> CSVLineParser.Outcome? {
        while true {
            guard let outcome = try lines.next({ parser.parse($0) }) else { return nil }
            if case .empty = outcome { continue }
            return outcome
        }
    }

    /// Numbers as the row that they make up.
    func row(_ numbers: CSVLineParser.Numbers) -> CandleRow {
        CandleRow(
            instrument: instrument, timeframe: timeframe, openMilliseconds: numbers.time, open: numbers.open,
            high: numbers.high, low: numbers.low, close: numbers.close, volume: numbers.volume, source: origin)
    }
}
