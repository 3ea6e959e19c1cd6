/// The double nearest to a decimal number of up to 19 digits.
enum ExactQuotient {
    /// Powers of ten that a double holds exactly.
    private static let exactPowers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    ]
    private static let powers: [UInt64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// `mantissa` divided by ten to the power of `tenths`, which is 0...19, ties to even.
    ///
    /// A mantissa of up to 53 bits is exact, and so is the power; one division then rounds once (Clinger, "How to Read
    /// Floating Point Numbers Accurately", PLDI 1990). A longer one is divided in whole numbers: the quotient has 63 bits
    /// or 64, its last one says whether a rest is left, and so the one rounding to 53 bits is that of the true value.
    @inline(__always)
    static func double(_ mantissa: UInt64, tenths: Int) -> Double {
        if mantissa <= 1 << 53 { return Double(mantissa) / exactPowers[tenths] }
        return long(mantissa, tenths)
    }

    @inline(never)
    private static func long(_ mantissa: UInt64, _ tenths: Int) -> Double {
        let divisor = powers[tenths]
        let (up, divisorUp) = (mantissa.leadingZeroBitCount, divisor.leadingZeroBitCount)
        let dividend = mantissa << UInt64(up)
        // The upper half is below 2^63 and the divisor is not, so the quotient fits.
        let (quotient, rest) = (divisor << UInt64(divisorUp)).dividingFullWidth((dividend >> 1, dividend << 63))
        let rounded = Double(quotient | (rest == 0 ? 0 : 1))
        // The quotient stands for the value times 2^(63 + up − divisorUp), far from the smallest and largest doubles.
        let exponent = divisorUp - up - 63
        return rounded * Double(bitPattern: UInt64(1023 + exponent) << 52)
    }
}
