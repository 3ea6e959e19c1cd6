/// The Castagnoli CRC, as iSCSI uses it (RFC 3720, appendix B.4): polynomial 0x1EDC6F41, reflected.
enum CRC32C {
    /// Eight tables, so that eight bytes are taken in one step (Kounavis and Berry, "A Systematic Approach to Building
    /// High Performance Software-based CRC Generators", ISCC 2005).
    private static let tables: [[UInt32]] = {
        var first = [UInt32](repeating: 0, count: 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
            first[index] = value
        }
        var tables = [first]
        for table in 1..<8 {
            tables.append(tables[table - 1].map { ($0 >> 8) ^ first[Int($0 & 0xFF)] })
        }
        return tables
    }()

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        if let value = bytes.withContiguousStorageIfAvailable({ checksum(of: $0) }) { return value }
        return Array(bytes).withUnsafeBufferPointer { checksum(of: $0) }
    }

    private static func checksum(of bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let tables = tables
        var value: UInt32 = 0xFFFF_FFFF
        var index = 0
        while index + 8 <= bytes.count {
            value ^=
                UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
                | UInt32(bytes[index + 3]) << 24
            let low = tables[7][Int(value & 0xFF)] ^ tables[6][Int(value >> 8 & 0xFF)]
            let high = tables[5][Int(value >> 16 & 0xFF)] ^ tables[4][Int(value >> 24)]
            let third = tables[3][Int(bytes[index + 4])] ^ tables[2][Int(bytes[index + 5])]
            let fourth = tables[1][Int(bytes[index + 6])] ^ tables[0][Int(bytes[index + 7])]
            value = low ^ high ^ third ^ fourth
            index += 8
        }
        while index < bytes.count {
            value = (value >> 8) ^ tables[0][Int((value ^ UInt32(bytes[index])) & 0xFF)]
            index += 1
        }
        return ~value
    }
}
