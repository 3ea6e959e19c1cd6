public import Schema

/// Where the numbers of a candle stand in a line of comma-separated text.
public struct CSVLayout: Sendable, Equatable {
    /// What the time column says.
    public enum Time: Sendable, Equatable {
        /// Unix milliseconds of the open time.
        case milliseconds
        /// Milliseconds since the midnight, UTC, at which this day begins.
        case millisecondsOfDay(UnixNanos)
        /// `20161007 00:00`, UTC.
        case compactDate
    }

    /// Columns, counted from 0.
    public let time: Int
    public let open: Int
    public let high: Int
    public let low: Int
    public let close: Int
    public let volume: Int
    public let timeFormat: Time

    public init(
        time: Int = 0, open: Int = 1, high: Int = 2, low: Int = 3, close: Int = 4, volume: Int = 5, timeFormat: Time
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

    /// Names that a column may have; all times are Unix milliseconds.
    static let names: [(field: String, accepted: [String])] = [
        ("open time", ["open_time_ms", "open_time", "ts_ms", "timestamp_ms", "timestamp", "time_ms"]),
        ("open", ["open"]), ("high", ["high"]), ("low", ["low"]), ("close", ["close"]),
        ("volume", ["volume", "base_volume"]),
    ]

    /// The layout that a header line describes, whatever the order of its columns; others are ignored.
    ///
    /// - Throws: ``MarketError/column(path:missing:header:)``.
    public init(header: String, path: String) throws(MarketError) {
        let columns = header.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.filter { $0 != " " && $0 != "\"" && $0 != "\u{FEFF}" }.lowercased()
        }
        var found: [Int] = []
        for (field, accepted) in Self.names {
            guard let column = accepted.lazy.compactMap({ columns.firstIndex(of: $0) }).first else {
                throw .column(path: path, missing: field, header: header)
            }
            found.append(column)
        }
        self.init(
            time: found[0], open: found[1], high: found[2], low: found[3], close: found[4], volume: found[5],
            timeFormat: .milliseconds)
    }
}
