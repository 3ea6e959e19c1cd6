public import Schema

/// What can go wrong with files of market data.
public enum MarketError: Error, Equatable, Sendable {
    /// A file that cannot be opened or read.
    case file(path: String, reason: String)
    /// A file that cannot be made or written.
    case unwritable(path: String)
    /// An archive that is damaged, or uses something that the reader does not know.
    case archive(path: String, reason: String)
    /// A table without a column that candles need.
    case column(path: String, missing: String, header: String)
    /// A file that holds something else than what is read here, or does not say what it holds.
    case content(path: String, reason: String)
    /// A line of a table that cannot be read, from 1 on.
    case line(path: String, line: Int, reason: String)
    /// No file for an instrument and timeframe; the places where one was looked for.
    case noFile(instrument: Instrument, timeframe: Timeframe, lookedFor: [String])
}

extension MarketError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path): "cannot write \(path)"
        case .archive(let path, let reason): "\(path) is not a readable zip archive: \(reason)"
        case .column(let path, let missing, let header):
            "\(path) has no column for \(missing); its header is \"\(header.prefix(200))\""
        case .content(let path, let reason): "\(path): \(reason)"
        case .line(let path, let line, let reason): "\(path), line \(line): \(reason)"
        case .noFile(let instrument, let timeframe, let lookedFor):
            "no \(timeframe.rawValue) candles of \(instrument); looked for \(lookedFor.joined(separator: ", "))"
        }
    }
}
