/// A moment in nanoseconds since 1970-01-01T00:00:00Z, or a length of time in nanoseconds where a doc comment says so.
public struct UnixNanos: Codable, Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// The moment of a Unix time in milliseconds, as exchanges print it.
    public init(milliseconds: Int64) { rawValue = milliseconds * 1_000_000 }

    /// The moment of a Unix time in seconds.
    public init(seconds: Int64) { rawValue = seconds * 1_000_000_000 }

    /// Whole milliseconds since 1970, rounded down.
    public var milliseconds: Int64 { Self.floorDivide(rawValue, 1_000_000) }

    /// Seconds since 1970, with fraction.
    public var seconds: Double { Double(rawValue) / 1e9 }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The moment `nanoseconds` later.
    public func advanced(by nanoseconds: Int64) -> Self { Self(rawValue + nanoseconds) }

    /// Division that rounds towards negative infinity, so that moments before 1970 align like all others.
    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension UnixNanos: CustomStringConvertible {
    /// ISO 8601 in UTC with the fraction that is there, for example `2025-09-19T22:00:00Z`.
    public var description: String {
        let days = Self.floorDivide(rawValue, 86_400_000_000_000)
        // Not by a product, which is below the smallest Int64 on the first day of all.
        let remainder = rawValue % 86_400_000_000_000
        let inDay = remainder < 0 ? remainder + 86_400_000_000_000 : remainder
        // Civil date from a day count, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let seconds = inDay / 1_000_000_000
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
        text += "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        var fraction = inDay % 1_000_000_000
        if fraction != 0 {
            var width = 9
            while fraction % 10 == 0 { (fraction, width) = (fraction / 10, width - 1) }
            text += ".\(padded(fraction, width))"
        }
        return text + "Z"
    }
}

extension UnixNanos {
    /// The moment written as `2025-09-19`, `2025-09-19T22:00` or `2025-09-19T22:00:00Z`, in UTC; `nil` for anything else.
    public init?(iso8601 text: String) {
        var digits: [Int64] = []
        for part in text.split(whereSeparator: { "-T:Z ".contains($0) }) {
            guard let value = Int64(part), value >= 0 else { return nil }
            digits.append(value)
        }
        guard (3...6).contains(digits.count), digits.count != 4 else { return nil }
        digits += Array(repeating: 0, count: 6 - digits.count)
        let (year, month, day) = (digits[0], digits[1], digits[2])
        guard (1970...2261).contains(year), (1...12).contains(month), digits[3] < 24, digits[4] < 60, digits[5] < 60
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        // Day count from a civil date, after Howard Hinnant, as above.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        self.init(seconds: days * 86_400 + digits[3] * 3600 + digits[4] * 60 + digits[5])
    }
}
