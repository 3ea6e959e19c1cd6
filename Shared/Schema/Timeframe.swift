/// The length of a candle.
///
/// All are aligned to 1970-01-01T00:00:00Z, so days begin at midnight UTC.
public enum Timeframe: String, Codable, Sendable, CaseIterable, Comparable {
    case minute1 = "1m"
    case minute5 = "5m"
    case minute15 = "15m"
    case minute30 = "30m"
    case hour1 = "1h"
    case hour4 = "4h"
    case day1 = "1d"

    /// The length in minutes.
    public var minutes: Int64 {
        switch self {
        case .minute1: 1
        case .minute5: 5
        case .minute15: 15
        case .minute30: 30
        case .hour1: 60
        case .hour4: 240
        case .day1: 1440
        }
    }

    /// The length in nanoseconds.
    public var nanoseconds: Int64 { minutes * 60_000_000_000 }

    /// Candles of this length in a year of 365 days; crypto markets never close.
    public var perYear: Double { 525_600 / Double(minutes) }

    /// The open time of the candle that contains `moment`.
    ///
    /// In the first day that 64 bits can name (in 1677), whose midnight they cannot, it is that first moment itself.
    public func openTime(containing moment: UnixNanos) -> UnixNanos {
        let remainder = moment.rawValue % nanoseconds
        let back = remainder < 0 ? remainder + nanoseconds : remainder
        let (start, overflow) = moment.rawValue.subtractingReportingOverflow(back)
        return UnixNanos(overflow ? .min : start)
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.minutes < rhs.minutes }
}
