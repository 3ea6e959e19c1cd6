/// A hash that is the same in every process, unlike `Hasher`'s, for identifiers that must not change between runs.
///
/// Fowler, Noll and Vo, FNV-1a with 128 bits (IETF draft-eastlake-fnv).
public enum StableHash {
    public static func fnv1a(_ text: String) -> UInt128 {
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in text.utf8 {
            hash ^= UInt128(byte)
            hash &*= 0x0000_0000_0100_0000_0000_0000_0000_013B
        }
        return hash
    }

    /// The last 20 hexadecimal digits (80 bits) of the hash folded onto itself.
    public static func digits20(_ text: String) -> String {
        let hash = fnv1a(text)
        // Masking shifts: the others are generic code for 128 bits.
        var folded = hash ^ (hash &>> 48)
        var digits = [UInt8](repeating: 0, count: 20)
        for place in digits.indices.reversed() {
            let digit = UInt8(truncatingIfNeeded: folded) & 15
            digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            folded = folded &>> 4
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
