/// Numbers that are coded as one text of their bits: exact, `NaN` included, and short work for every encoder.
struct ExactDoubles: Sendable, Equatable {
    var values: [Double]

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.values.elementsEqual(rhs.values) { $0.bitPattern == $1.bitPattern }
    }
}

extension ExactDoubles: Codable {
    private static let digits = Array("0123456789abcdef".utf8)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self).utf8
        func broken() -> DecodingError {
            DecodingError.dataCorruptedError(in: container, debugDescription: "not sixteen hexadecimal digits a number")
        }
        guard text.count % 16 == 0 else { throw broken() }
        values = []
        values.reserveCapacity(text.count / 16)
        var (bits, count): (UInt64, Int) = (0, 0)
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: throw broken()
            }
            (bits, count) = (bits << 4 | UInt64(digit), count + 1)
            guard count == 16 else { continue }
            values.append(Double(bitPattern: bits))
            (bits, count) = (0, 0)
        }
    }

    func encode(to encoder: any Encoder) throws {
        let text = String(unsafeUninitializedCapacity: values.count * 16) { bytes in
            var index = 0
            for value in values {
                for shift in stride(from: 60, through: 0, by: -4) {
                    bytes[index] = Self.digits[Int(value.bitPattern >> UInt64(shift) & 15)]
                    index += 1
                }
            }
            return index
        }
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
