public import Schema

/// Where the numbers of a candle stand in a line of comma-separated text.
public struct CSVLayout: Sendable, Equatable {
    /// What a table of candles holds; the raw values are their names for a person.
    public enum Field: String, Sendable, CaseIterable {
        case time, open, high, low, close, volume

        /// Names of columns that are understood without being told, in small letters, the most telling first.
        var names: [String] {
            switch self {
            case .time:
                [
                    "open_time_ms", "open_time", "ts_ms", "timestamp_ms", "timestamp", "time_ms", "time", "date",
                    "datetime", "unix",
                ]
            case .volume: ["volume", "base_volume"]
            default: [rawValue]
            }
        }
    }

    /// Columns, counted from 0.
    public let time: Int
    public let open: Int
    public let high: Int
    public let low: Int
    public let close: Int
    public let volume: Int
    /// `nil`: as the first row's time looks.
    public let timeFormat: TimeFormat?

    public init(
        time: Int = 0, open: Int = 1, high: Int = 2, low: Int = 3, close: Int = 4, volume: Int = 5,
        timeFormat: TimeFormat?
    ) {
        self.time = time
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.timeFormat = timeFormat
    }

    /// QuantConnect LEAN, trades by the minute or second of one day: no header, milliseconds since midnight.
    public static func leanIntraday(day: UnixNanos) -> Self { Self(timeFormat: .millisecondsOfDay(day)) }

    /// QuantConnect LEAN, trades by the day: no header, `YYYYMMDD HH:MM`.
    public static let leanDaily = Self(timeFormat: .compactDate)

    /// The layout that a header line describes, whatever the order of its columns; others are ignored.
    ///
    /// - Parameters:
    ///   - header: The first line of the table.
    ///   - path: What the table is called in errors.
    ///   - names: Names of columns where they are not the usual ones; capitals and small letters are alike.
    ///   - timeFormat: How times are written; `nil` for milliseconds where the column's name ends in `_ms`, and else for
    ///     what the first row looks like.
    /// - Throws: ``MarketError/column(path:missing:header:)``.
    public init(
        header: String, path: String, names: [Field: String] = [:], timeFormat: TimeFormat? = nil
    ) throws(MarketError) {
        let columns = header.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.filter { $0 != " " && $0 != "\"" && $0 != "\u{FEFF}" && $0 != "\r" }.lowercased()
        }
        func column(_ field: Field) throws(MarketError) -> Int {
            let accepted = names[field].map { [$0.lowercased().filter { $0 != " " }] } ?? field.names
            guard let column = accepted.lazy.compactMap({ columns.firstIndex(of: $0) }).first else {
                throw .column(path: path, missing: names[field] ?? field.rawValue, header: header)
            }
            return column
        }
        let time = try column(.time)
        self.init(
            time: time, open: try column(.open), high: try column(.high), low: try column(.low),
            close: try column(.close), volume: try column(.volume),
            timeFormat: timeFormat ?? (columns[time].hasSuffix("_ms") ? .milliseconds : nil))
    }
}
