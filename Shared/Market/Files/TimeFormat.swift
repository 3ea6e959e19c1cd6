public import Schema

/// How a column of text writes a moment.
public enum TimeFormat: Sendable, Equatable {
    /// Unix time in whole seconds.
    case seconds
    case milliseconds
    case microseconds
    case nanoseconds
    /// `2025-09-19`, `2025-09-19 22:00` or `2025-09-19T22:00:00.123456789+03:00`; UTC where no zone is written.
    case iso8601
    /// Milliseconds since the midnight, UTC, at which this day begins.
    case millisecondsOfDay(UnixNanos)
    /// `20161007 00:00`, UTC.
    case compactDate

    /// The formats that have a name, as a person gives it.
    public static let names: [(name: String, format: Self)] = [
        ("s", .seconds), ("ms", .milliseconds), ("us", .microseconds), ("ns", .nanoseconds), ("iso8601", .iso8601),
        ("lean", .compactDate),
    ]

    /// The name of the format, for a person.
    public var name: String {
        if case .millisecondsOfDay(let day) = self { return "ms since \(day)" }
        // Every other case is in the list.
        return Self.names.first { $0.format == self }!.name
    }

    /// The format in which a moment between 1973 and 2286 is written as `text`; `nil` where it is none that we know.
    ///
    /// Unix times tell themselves apart by their length: 9 or 10 digits are seconds, three more each are milliseconds,
    /// microseconds and nanoseconds. Other numbers are milliseconds, as nearly all venues write.
    public static func guess(_ text: String) -> Self? {
        let bytes = Array(text.utf8)
        if bytes.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
            switch bytes.count {
            case 9, 10: return .seconds
            case 12, 13: return .milliseconds
            case 15, 16: return .microseconds
            case 18, 19: return .nanoseconds
            default: return .milliseconds
            }
        }
        return [.iso8601, .compactDate].first { $0.moment(bytes[...]) != nil }
    }

    /// The moment that `text` writes; `nil` for any other text and for what nanoseconds since 1970 cannot hold.
    public func moment(_ text: some RandomAccessCollection<UInt8>) -> UnixNanos? {
        switch self {
        case .seconds: return Self.scaled(text, by: 1_000_000_000)
        case .milliseconds: return Self.scaled(text, by: 1_000_000)
        case .microseconds: return Self.scaled(text, by: 1000)
        case .nanoseconds: return Self.scaled(text, by: 1)
        case .iso8601: return CivilTimeText.iso8601(text)
        case .compactDate: return CivilTimeText.compact(text)
        case .millisecondsOfDay(let day):
            guard let milliseconds = NumberText.integer(text), (0..<86_400_000).contains(milliseconds) else {
                return nil
            }
            return day.advanced(by: milliseconds * 1_000_000)
        }
    }

    private static func scaled(_ text: some RandomAccessCollection<UInt8>, by unit: Int64) -> UnixNanos? {
        guard let number = NumberText.integer(text) else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : UnixNanos(value)
    }
}
