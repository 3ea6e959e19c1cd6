internal import Foundation

/// Reads a JSON text that came from outside.
///
/// Foundation's reader ends the process on some texts that nest deeper than it follows (512 levels), instead of throwing,
/// so they must not reach it; no venue nests deeper than ten.
///
/// - Throws: `DecodingError` for a text that is not what it should be.
func decodeJSON<Value: Decodable>(_ type: Value.Type, from text: [UInt8]) throws -> Value {
    guard isBoundedJSON(text) else {
        throw DecodingError.dataCorrupted(
            DecodingError.Context(codingPath: [], debugDescription: "not UTF-8, or nested too deep"))
    }
    return try JSONDecoder().decode(type, from: Data(text))
}

/// Whether a text is UTF-8, as far as telling its brackets needs, and nests no deeper than `limit`.
///
/// Foundation takes UTF-16 and UTF-32 too. Those show by zero bytes or by a byte order mark, neither of which JSON in
/// UTF-8 can have; with them gone, a byte that looks like a bracket or a quote is one.
func isBoundedJSON(_ text: [UInt8], limit: Int = 64) -> Bool {
    if let first = text.first, first >= 0xFE { return false }
    var (depth, isInString, isEscaped) = (0, false, false)
    for byte in text {
        if byte == 0 { return false }
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            continue
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            depth += 1
            if depth > limit { return false }
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        default: break
        }
    }
    return true
}
