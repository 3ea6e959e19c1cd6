#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Reads numbers from text as bytes.
enum NumberText {
    /// The double nearest to a decimal number, ties to even, as C's `strtod` gives it; `nil` for any other text.
    static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let start = text.baseAddress else { return nil }
        let end = start + text.count
        var cursor = start
        guard let value = double(&cursor, end), cursor == end else { return nil }
        return value
    }

    /// Reads the number from `cursor` up to the next comma or the end, and moves the cursor there.
    ///
    /// Up to 19 digits are one whole number divided by a power of ten: see ``ExactQuotient``. Longer ones and those with
    /// an exponent go to `strtod`.
    ///
    /// - Returns: `nil` for text that is no number; then the cursor may be anywhere in the field.
    @inline(__always)
    static func double(_ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double? {
        let start = cursor
        var next = cursor
        let isNegative = next < end && next.pointee == UInt8(ascii: "-")
        if isNegative { next += 1 }
        var mantissa: UInt64 = 0
        let whole = next
        digits(&next, end, into: &mantissa)
        var (count, places) = (next - whole, 0)
        if next < end, next.pointee == UInt8(ascii: ".") {
            next += 1
            let fraction = next
            digits(&next, end, into: &mantissa)
            places = next - fraction
            count += places
        }
        guard count > 0, count <= 19, next == end || next.pointee == UInt8(ascii: ",") else {
            return general(start, &cursor, end)
        }
        cursor = next
        let value = ExactQuotient.double(mantissa, tenths: places)
        return isNegative ? -value : value
    }

    /// Reads digits; beyond the nineteenth the number overflows, which the caller sees by their count.
    @inline(__always)
    private static func digits(
        _ next: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into mantissa: inout UInt64
    ) {
        while next < end {
            let digit = next.pointee &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            next += 1
        }
    }

    /// A decimal whole number of up to 19 digits; `nil` for any other text.
    static func integer(_ text: some RandomAccessCollection<UInt8>) -> Int64? {
        var value: Int64 = 0
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.count <= 19 else { return nil }
        for byte in digits {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = shifted.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !overflow else { return nil }
            value = sum
        }
        return isNegative ? -value : value
    }

    @inline(never)
    private static func general(
        _ start: UnsafePointer<UInt8>, _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> Double? {
        var limit = start
        while limit < end, limit.pointee != UInt8(ascii: ",") { limit += 1 }
        cursor = limit
        let text = UnsafeBufferPointer(start: start, count: limit - start)
        // `strtod` reads hexadecimal, "inf" and leading spaces too; a table of candles has none of them.
        let allowed = text.allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
        }
        guard allowed, !text.isEmpty, text.count < 400 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
            for (offset, byte) in text.enumerated() { copy[offset] = CChar(bitPattern: byte) }
            copy[text.count] = 0
            guard let start = copy.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &end)
            return end == start + text.count ? value : nil
        }
    }
}
