internal import Schema

/// Reads dates and times of day from text as bytes.
enum CivilTimeText {
    /// The moment written as ISO 8601; `nil` for any other text.
    ///
    /// That is a date, then perhaps `T` or a space, a time to the minute, second or a fraction of one, and a zone as `Z` or
    /// `+03:00`; UTC where none is written.
    static func iso8601(_ text: some RandomAccessCollection<UInt8>) -> UnixNanos? {
        var rest = Scanner(text)
        guard let year = rest.digits(4), rest.skip("-"), let month = rest.digits(2), rest.skip("-"),
            let day = rest.digits(2), let midnight = midnight(year, month, day)
        else { return nil }
        guard !rest.isAtEnd else { return midnight }
        guard rest.skip("T") || rest.skip(" "), let time = timeOfDay(&rest), let offset = zone(&rest), rest.isAtEnd
        else { return nil }
        return midnight.advanced(by: time - offset)
    }

    /// LEAN's `20161007 00:00`, UTC; `nil` for any other text.
    static func compact(_ text: some RandomAccessCollection<UInt8>) -> UnixNanos? {
        var rest = Scanner(text)
        guard let year = rest.digits(4), let month = rest.digits(2), let day = rest.digits(2), rest.skip(" "),
            let midnight = midnight(year, month, day), let time = timeOfDay(&rest), rest.isAtEnd
        else { return nil }
        return midnight.advanced(by: time)
    }

    private static func midnight(_ year: Int64, _ month: Int64, _ day: Int64) -> UnixNanos? {
        func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return UnixNanos(iso8601: "\(year)-\(padded(month))-\(padded(day))")
    }

    /// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fraction`, in nanoseconds.
    private static func timeOfDay(_ rest: inout Scanner<some RandomAccessCollection<UInt8>>) -> Int64? {
        guard let hour = rest.digits(2), hour < 24, rest.skip(":"), let minute = rest.digits(2), minute < 60 else {
            return nil
        }
        var nanoseconds = (hour * 3600 + minute * 60) * 1_000_000_000
        guard rest.skip(":") else { return nanoseconds }
        guard let second = rest.digits(2), second < 60 else { return nil }
        nanoseconds += second * 1_000_000_000
        guard rest.skip(".") else { return nanoseconds }
        var unit: Int64 = 100_000_000
        guard let first = rest.digits(1) else { return nil }
        nanoseconds += first * unit
        while let digit = rest.digits(1) {
            unit /= 10
            // Digits beyond the nanosecond are passed over.
            nanoseconds += digit * unit
        }
        return nanoseconds
    }

    /// How far the zone is ahead of UTC, in nanoseconds.
    private static func zone(_ rest: inout Scanner<some RandomAccessCollection<UInt8>>) -> Int64? {
        if rest.isAtEnd || rest.skip("Z") { return 0 }
        let isAhead = rest.skip("+")
        guard isAhead || rest.skip("-"), let hours = rest.digits(2), hours < 24 else { return nil }
        _ = rest.skip(":")
        guard let minutes = rest.digits(2), minutes < 60 else { return nil }
        let offset = (hours * 60 + minutes) * 60_000_000_000
        return isAhead ? offset : -offset
    }

    /// Takes a text apart from its front.
    private struct Scanner<Text: RandomAccessCollection<UInt8>> {
        private var rest: Text.SubSequence

        init(_ text: Text) { rest = text[...] }

        var isAtEnd: Bool { rest.isEmpty }

        /// Exactly so many digits.
        mutating func digits(_ count: Int) -> Int64? {
            let part = rest.prefix(count)
            guard part.count == count, part.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
            rest = rest.dropFirst(count)
            return part.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }
    }
}
