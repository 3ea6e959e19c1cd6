/// The binary number nearest to a decimal as venues publish them, or `nil` for anything else.
///
/// Digits with at most one point among or after them and perhaps a minus sign in front: `Double` alone would take
/// `nan`, `inf`, `0x1p3` and `1e400` too. The conversion rounds correctly, so the published text can be printed again
/// from it.
func publishedDecimal(_ text: String) -> Double? {
    var digits = text.utf8[...]
    if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
    guard digits.first.map({ (0x30...0x39).contains($0) }) == true, digits.count <= 64 else { return nil }
    var points = 0
    for byte in digits {
        if byte == UInt8(ascii: ".") { points += 1 } else if !(0x30...0x39).contains(byte) { return nil }
    }
    return points <= 1 ? Double(text) : nil
}
