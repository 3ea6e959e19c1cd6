internal import Foundation
internal import Schema

/// A moment in whole milliseconds since 1970.
struct UnixMilliseconds: Decodable, Equatable {
    let moment: UnixNanos

    init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(Int64.self), decoder)
    }

    /// The moment of a number written as a string.
    init(text: String, _ decoder: any Decoder) throws {
        guard let milliseconds = Int64(text) else {
            throw DecodingError.value(decoder, "\"\(text.prefix(32))\" is no time in milliseconds")
        }
        try self.init(milliseconds, decoder)
    }

    private init(_ milliseconds: Int64, _ decoder: any Decoder) throws {
        // Year 1970 to 2255; beyond it a moment in nanoseconds would overflow.
        guard (0...9_000_000_000_000).contains(milliseconds) else {
            throw DecodingError.value(decoder, "\(milliseconds) is no time in milliseconds")
        }
        moment = UnixNanos(milliseconds: milliseconds)
    }
}

/// A moment in seconds since 1970 with a fraction of any length, as a JSON number or as a string.
struct UnixSeconds: Decodable, Equatable {
    let moment: UnixNanos

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // `Decimal` keeps all the digits; a `Double` of today is good to a quarter of a microsecond only.
        let seconds: Decimal
        if let number = try? container.decode(Decimal.self) {
            seconds = number
        } else {
            let text = try container.decode(String.self)
            guard publishedDecimal(text) != nil, let number = Decimal(string: text, locale: nil) else {
                throw DecodingError.value(decoder, "\"\(text.prefix(32))\" is no time in seconds")
            }
            seconds = number
        }
        guard seconds >= 0, seconds <= 9_000_000_000 else {
            throw DecodingError.value(decoder, "\(seconds) is no time in seconds")
        }
        moment = UnixNanos(NSDecimalNumber(decimal: seconds * 1_000_000_000).int64Value)
    }
}

/// A moment written as RFC 3339 demands, in UTC: `2024-10-04T07:13:31.088388Z`.
struct PublishedDate: Decodable, Equatable {
    let moment: UnixNanos

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let moment = UnixNanos(rfc3339: text) else {
            throw DecodingError.value(decoder, "\"\(text.prefix(40))\" is no date in UTC")
        }
        self.moment = moment
    }
}

extension UnixNanos {
    /// A moment such as `2024-10-04T07:13:31.088388Z`; digits beyond the nanosecond are cut off, and `nil` for anything
    /// else.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T")
        else { return nil }
        for index in 0..<19 {
            let separator: UInt8? =
                switch index {
                case 4, 7: UInt8(ascii: "-")
                case 10: UInt8(ascii: "T")
                case 13, 16: UInt8(ascii: ":")
                default: nil
                }
            let fits = separator.map { bytes[index] == $0 } ?? (0x30...0x39).contains(bytes[index])
            guard fits else { return nil }
        }
        guard let whole = UnixNanos(iso8601: String(decoding: bytes[..<19], as: UTF8.self)) else { return nil }
        guard bytes.count > 20 else {
            self = whole
            return
        }
        let digits = bytes[20..<(bytes.count - 1)]
        guard bytes[19] == UInt8(ascii: "."), !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        var fraction: Int64 = 0
        for place in 0..<9 {
            let index = digits.startIndex + place
            fraction = fraction * 10 + (index < digits.endIndex ? Int64(digits[index] - 0x30) : 0)
        }
        self = whole.advanced(by: fraction)
    }
}
