public import Schema

/// Reads candles from comma-separated text, line by line.
///
/// A line that cannot be read is given as ``CandleRecord/malformed(line:reason:)``: one bad line does not lose the rest.
/// Lines are read as bytes; no string is made of a field. Not `Sendable`: one task reads a file.
public struct CSVCandles {
    private let parser: CSVLineParser
    private var lines: LineReader

    /// The instrument that every row is given.
    public var instrument: String { parser.instrument }
    public var timeframe: Timeframe { parser.timeframe }
    /// The number of the line given last, from 1 on.
    public var line: Int { lines.line }

    /// Reads a table whose first line names the columns.
    ///
    /// - Throws: ``MarketError/column(path:missing:header:)`` when the header lacks one that is needed.
    public init(
        _ source: any ByteSource, instrument: String, timeframe: Timeframe, origin: Candle.Source = .file
    ) throws(MarketError) {
        lines = LineReader(source)
        let header = try lines.next { String(decoding: $0, as: UTF8.self) } ?? ""
        parser = CSVLineParser(
            layout: try CSVLayout(header: header, path: source.name), instrument: instrument, timeframe: timeframe,
            origin: origin)
    }

    /// Reads a table without a header.
    public init(
        _ source: any ByteSource, layout: CSVLayout, instrument: String, timeframe: Timeframe,
        origin: Candle.Source = .file
    ) {
        lines = LineReader(source)
        parser = CSVLineParser(layout: layout, instrument: instrument, timeframe: timeframe, origin: origin)
    }

    /// The next line; `nil` after the last.
    ///
    /// Empty lines are passed over.
    ///
    /// - Throws: ``MarketError/file(path:reason:)`` when the file is damaged.
    public mutating func next() throws(MarketError) -> CandleRecord? {
        let parser = parser
        while true {
            let number = lines.line + 1
            guard let record = try lines.next({ parser.record(of: $0, number: number) }) else { return nil }
            if let record { return record }
        }
    }
}
