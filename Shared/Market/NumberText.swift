#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Reads numbers from text as bytes.
enum NumberText {
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The double nearest to a decimal number, ties to even, as C's `strtod` gives it; `nil` for any other text.
    ///
    /// Numbers of up to 15 digits and 22 places, which is nearly every price, are one exact integer divided by one
    /// exact power of ten, hence correctly rounded (Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
    /// The others go to `strtod`.
    static func double(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        var mantissa: UInt64 = 0
        var digits = 0
        var places = -1
        var isPlain = true
        var index = text.startIndex
        let isNegative = index < text.endIndex && text[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        while index < text.endIndex {
            let byte = text[index]
            if byte &- UInt8(ascii: "0") < 10 {
                guard digits < 15 else {
                    isPlain = false
                    break
                }
                mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
                if mantissa > 0 { digits += 1 }
                if places >= 0 { places += 1 }
            } else if byte == UInt8(ascii: "."), places < 0 {
                places = 0
            } else {
                isPlain = false
                break
            }
            index += 1
        }
        let hasDigit = text.contains { $0 &- UInt8(ascii: "0") < 10 }
        guard hasDigit else { return nil }
        guard isPlain, places <= 22 else { return general(text) }
        let value = Double(mantissa) / powers[max(places, 0)]
        return isNegative ? -value : value
    }

    /// A decimal whole number; `nil` for any other text.
    static func integer(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        var value: Int64 = 0
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        for byte in digits {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }

    private static func general(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        // `strtod` reads hexadecimal, "inf" and leading spaces too; a table of candles has none of them.
        let allowed = text.allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
        }
        guard allowed, text.count < 400 else { return nil }
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
