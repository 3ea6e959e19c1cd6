/// An exact decimal number with twelve places, for prices, quantities and money.
///
/// Stored as a 128-bit count of 10⁻¹², so sums and comparisons are exact and magnitudes up to 1.7 × 10²⁶ fit. Orders,
/// fills and the ledger use this type and never `Double`. Where a product or quotient has more places, it is rounded half
/// to even, as ``multiplied(by:)`` and ``divided(by:)`` say. Overflow is a programming error and stops the process: a
/// wrong balance is worse than none.
public struct Decimal12: Sendable, Hashable, Comparable {
    /// The two words of ``units``: as one `Int128`, it would have to lie at multiples of 16 bytes, which costs room in every
    /// message and a slower allocation for every list of them.
    @usableFromInline let high: Int64
    @usableFromInline let low: UInt64

    /// The value times 10¹².
    @inlinable public var units: Int128 { Int128(truncatingIfNeeded: high) &<< 64 | Int128(truncatingIfNeeded: low) }

    /// Units in one: 10¹².
    public static let one128: Int128 = 1_000_000_000_000
    public static let zero = Decimal12(units: 0)
    public static let one = Decimal12(units: one128)

    @inlinable public init(units: Int128) {
        high = Int64(truncatingIfNeeded: units &>> 64)
        low = UInt64(truncatingIfNeeded: units)
    }

    public init(_ whole: Int) { self.init(units: Int128(whole) * Self.one128) }

    /// The nearest decimal with `places` places (at most 12) to a binary number, ties away from zero.
    ///
    /// For turning market data, which is binary, into money at the edge of the order path.
    ///
    /// - Returns: `nil` for numbers that are not finite, or too large.
    public init?(_ value: Double, places: Int = 8) {
        precondition((0...12).contains(places), "places 0...12")
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = value * scale
        guard abs(scaled) < 9e18 else { return nil }
        // `rounded()` is a call into the C library on most machines; the difference below is exact.
        let towardsZero = Int64(scaled)
        let rest = scaled - Double(towardsZero)
        var unit: Int64 = 1
        for _ in places..<12 { unit *= 10 }
        self.init(units: Int128(towardsZero + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0)) * Int128(unit))
    }

    /// The nearest binary number; for models and pictures, never for money.
    public var doubleValue: Double {
        // The standard library's conversion from 128 bits is generic code, a hundred times slower than from 64.
        if let short = Int64(exactly: units) { return Double(short) / 1e12 }
        let magnitude = units.magnitude
        let shift = 64 - magnitude.leadingZeroBitCount
        // The upper 64 bits; the last of them stands for all that were cut off, which rounds as if they were there.
        let isCut = magnitude & ((1 << UInt128(shift)) - 1) != 0
        let upper = UInt64(truncatingIfNeeded: magnitude >> UInt128(shift)) | (isCut ? 1 : 0)
        let value = Double(upper) * Double(sign: .plus, exponent: shift, significand: 1) / 1e12
        return units < 0 ? -value : value
    }
    public var isZero: Bool { units == 0 }
    public var isNegative: Bool { units < 0 }
    public var magnitude: Decimal12 { Decimal12(units: units < 0 ? -units : units) }

    @inlinable public static func < (lhs: Self, rhs: Self) -> Bool { lhs.units < rhs.units }
    @inlinable public static func + (lhs: Self, rhs: Self) -> Self { Self(units: lhs.units + rhs.units) }
    @inlinable public static func - (lhs: Self, rhs: Self) -> Self { Self(units: lhs.units - rhs.units) }
    @inlinable public static prefix func - (value: Self) -> Self { Self(units: -value.units) }
    @inlinable public static func += (lhs: inout Self, rhs: Self) { lhs = lhs + rhs }
    @inlinable public static func -= (lhs: inout Self, rhs: Self) { lhs = lhs - rhs }

    /// The product, rounded half to even at the twelfth place.
    public func multiplied(by other: Self) -> Self {
        if let short = Self.short(units, times: other.units, by: Self.one128) { return Self(units: short) }
        let (low, overflow) = units.multipliedReportingOverflow(by: other.units)
        guard overflow else { return Self(units: Self.roundedQuotient(low, Self.one128)) }
        return Self(units: Self.roundedWide(units.multipliedFullWidth(by: other.units), Self.one128))
    }

    /// The quotient, rounded half to even at the twelfth place; dividing by zero is a programming error.
    public func divided(by other: Self) -> Self {
        precondition(other.units != 0, "division by zero")
        if let short = Self.short(units, times: Self.one128, by: other.units) { return Self(units: short) }
        let (scaled, overflow) = units.multipliedReportingOverflow(by: Self.one128)
        guard overflow else { return Self(units: Self.roundedQuotient(scaled, other.units)) }
        return Self(units: Self.roundedWide(units.multipliedFullWidth(by: Self.one128), other.units))
    }

    /// The largest multiple of `step` that is not above the value; `step` must be above zero.
    public func roundedDown(toMultipleOf step: Self) -> Self {
        precondition(step.units > 0, "step must be above zero")
        let remainder = units % step.units
        return Self(units: units - (remainder < 0 ? remainder + step.units : remainder))
    }

    /// The smallest multiple of `step` that is not below the value; `step` must be above zero.
    public func roundedUp(toMultipleOf step: Self) -> Self { -(-self).roundedDown(toMultipleOf: step) }

    /// left × right ÷ divisor, rounded half to even, with one multiplication and one division of the machine.
    ///
    /// - Returns: `nil` when one of them or the quotient needs more than 64 bits.
    private static func short(_ left: Int128, times right: Int128, by divisor: Int128) -> Int128? {
        let words = (
            Int64(truncatingIfNeeded: left), Int64(truncatingIfNeeded: right), Int64(truncatingIfNeeded: divisor)
        )
        guard Int128(words.0) == left, Int128(words.1) == right, Int128(words.2) == divisor else { return nil }
        let by = words.2.magnitude
        let (high, low) = words.0.magnitude.multipliedFullWidth(by: words.1.magnitude)
        guard high < by else { return nil }
        let (quotient, remainder) = by.dividingFullWidth((high, low))
        let isAbove = remainder > by - remainder || (remainder == by - remainder && quotient & 1 == 1)
        let rounded = Int128(quotient) + (isAbove ? 1 : 0)
        return (words.0 ^ words.1 ^ words.2) < 0 ? -rounded : rounded
    }

    private static func roundedQuotient(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return rounded(quotient, remainder: remainder, divisor: divisor, negative: (dividend < 0) != (divisor < 0))
    }

    private static func roundedWide(_ dividend: (high: Int128, low: UInt128), _ divisor: Int128) -> Int128 {
        let (quotient, remainder) = divisor.dividingFullWidth(dividend)
        return rounded(quotient, remainder: remainder, divisor: divisor, negative: (dividend.high < 0) != (divisor < 0))
    }

    private static func rounded(_ quotient: Int128, remainder: Int128, divisor: Int128, negative: Bool) -> Int128 {
        let twice = remainder.magnitude * 2
        let isAbove = twice > divisor.magnitude || (twice == divisor.magnitude && quotient & 1 == 1)
        return isAbove ? quotient + (negative ? -1 : 1) : quotient
    }
}

extension Decimal12: LosslessStringConvertible {
    /// Reads `-12.5`, `.5` or `1e-7`-free plain decimal text of at most twelve places; `nil` for anything else.
    public init?(_ text: String) {
        var units: Int128 = 0
        var places = -1
        var digits = 0
        var bytes = Substring(text).utf8
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                // Towards the sign from the first digit on: the smallest value has no positive counterpart.
                let digit = Int128(byte - UInt8(ascii: "0"))
                let (tens, overflow) = units.multipliedReportingOverflow(by: 10)
                let (sum, carry) = tens.addingReportingOverflow(isNegative ? -digit : digit)
                guard !overflow, !carry else { return nil }
                units = sum
                digits += 1
                if places >= 0 { places += 1 }
            case UInt8(ascii: ".") where places < 0: places = 0
            default: return nil
            }
        }
        guard digits > 0, places <= 12 else { return nil }
        for _ in max(places, 0)..<12 {
            let (tens, overflow) = units.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            units = tens
        }
        self.init(units: units)
    }

    /// Reads a decimal, or throws ``SchemaError/decimal(_:)``.
    public init(parsing text: String) throws(SchemaError) {
        guard let value = Self(text) else { throw .decimal(text) }
        self = value
    }

    /// Plain decimal text without needless zeros, for example `-0.00012`.
    public var description: String {
        let magnitude = units.magnitude
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: UInt128(Self.one128))
        var text = "\(units < 0 ? "-" : "")\(whole)"
        guard fraction != 0 else { return text }
        let digits = String(fraction)
        text += "." + String(repeating: "0", count: 12 - digits.count) + digits
        while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
        return text
    }
}

extension Decimal12: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
