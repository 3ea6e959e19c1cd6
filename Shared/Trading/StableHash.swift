/// A hash that is the same in every process, unlike `Hasher`'s, for identifiers that must not change between runs.
///
/// Fowler, Noll and Vo, FNV-1a with 128 bits (IETF draft-eastlake-fnv).
public enum StableHash {
    public static func fnv1a(_ text: String) -> UInt128 {
        var (high, low): (UInt64, UInt64) = (0x6C62_272E_07BB_0142, 0x62B8_2175_6295_C58D)
        for byte in Array(text.utf8) {
            low ^= UInt64(byte)
            // Times the prime 2⁸⁸ + 0x13B, modulo 2¹²⁸, in the words of the machine.
            let (carry, product) = low.multipliedFullWidth(by: 0x13B)
            high = high &* 0x13B &+ carry &+ low &<< 24
            low = product
        }
        return UInt128(high) << 64 | UInt128(low)
    }

    /// `tg` and the last 20 hexadecimal digits (80 bits) of the hash folded onto itself.
    public static func clientID(of text: String) -> String {
        let hash = fnv1a(text)
        // Masking shifts: the others are generic code for 128 bits.
        let folded = hash ^ (hash &>> 48)
        var (rest, upper) = (UInt64(truncatingIfNeeded: folded), UInt64(truncatingIfNeeded: folded &>> 64))
        var digits = [UInt8](repeating: 0, count: 22)
        (digits[0], digits[1]) = (UInt8(ascii: "t"), UInt8(ascii: "g"))
        for place in stride(from: 21, through: 2, by: -1) {
            let digit = UInt8(truncatingIfNeeded: rest) & 15
            digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest = place == 6 ? upper : rest &>> 4
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
