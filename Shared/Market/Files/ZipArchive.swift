internal import CZlib

/// A zip archive in memory: lists its members and gives their content.
///
/// Reads stored and deflated members, checked against their CRC-32 (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16 and
/// 4.5.3), with ZIP64 sizes and end record (4.3.14 and 4.3.15); no encryption.
public struct ZipArchive: Sendable {
    public struct Member: Sendable, Hashable {
        public let name: String
        /// Size of the content in bytes.
        public let size: Int
        fileprivate let compressedSize: Int
        fileprivate let method: Int
        fileprivate let checksum: UInt32
        fileprivate let offset: Int
    }

    public let path: String
    public let members: [Member]
    private let bytes: [UInt8]

    /// - Throws: ``MarketError/file(path:reason:)``, ``MarketError/archive(path:reason:)``.
    public init(path: String) throws(MarketError) {
        // `GzipFile` gives a file that is not gzip as it is.
        try self.init(try GzipFile.contents(ofFile: path), path: path)
    }

    /// Reads an archive in memory; the path is for error messages.
    ///
    /// - Throws: ``MarketError/archive(path:reason:)``.
    public init(_ bytes: [UInt8], path: String) throws(MarketError) {
        self.bytes = bytes
        self.path = path
        members = try Self.directory(bytes, path: path)
    }

    /// The content of a member.
    ///
    /// - Throws: ``MarketError/archive(path:reason:)`` when it is damaged.
    public func contents(of member: Member) throws(MarketError) -> [UInt8] {
        let fields = Fields(bytes)
        guard fields.u32(member.offset) == 0x0403_4B50, let nameLength = fields.u16(member.offset + 26),
            let extraLength = fields.u16(member.offset + 28)
        else { throw .archive(path: path, reason: "no local header of \(member.name)") }
        let start = member.offset + 30 + nameLength + extraLength
        guard start + member.compressedSize <= bytes.count else {
            throw .archive(path: path, reason: "\(member.name) is cut off")
        }
        let packed = bytes[start..<start + member.compressedSize]
        let content: [UInt8]
        switch member.method {
        case 0: content = Array(packed)
        case 8:
            guard let inflated = Self.inflated(packed, size: member.size) else {
                throw .archive(path: path, reason: "\(member.name) is damaged")
            }
            content = inflated
        default: throw .archive(path: path, reason: "\(member.name) has compression method \(member.method)")
        }
        let checksum = content.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
        guard content.count == member.size, checksum == member.checksum else {
            throw .archive(path: path, reason: "\(member.name) does not have its checksum")
        }
        return content
    }

    /// The content of the only member.
    ///
    /// - Throws: ``MarketError/archive(path:reason:)`` also when there are none or several.
    public func onlyContents() throws(MarketError) -> [UInt8] {
        guard members.count == 1 else { throw .archive(path: path, reason: "\(members.count) members, not one") }
        return try contents(of: members[0])
    }

    private static func directory(_ bytes: [UInt8], path: String) throws(MarketError) -> [Member] {
        let fields = Fields(bytes)
        // The end record is 22 bytes and a comment of up to 65,535.
        let candidates = stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 65_535), by: -1)
        guard bytes.count >= 22, let end = candidates.first(where: { fields.u32($0) == 0x0605_4B50 }),
            let (count, start) = place(fields, endRecord: end)
        else { throw .archive(path: path, reason: "no end of central directory") }
        var (members, offset): ([Member], Int) = ([], start)
        for _ in 0..<count {
            guard fields.u32(offset) == 0x0201_4B50, let flags = fields.u16(offset + 8),
                let method = fields.u16(offset + 10), let checksum = fields.u32(offset + 16),
                let compressedSize = fields.u32(offset + 20), let size = fields.u32(offset + 24),
                let nameLength = fields.u16(offset + 28), let extraLength = fields.u16(offset + 30),
                let commentLength = fields.u16(offset + 32), let local = fields.u32(offset + 42),
                offset + 46 + nameLength <= bytes.count
            else { throw .archive(path: path, reason: "the central directory is cut off") }
            guard flags & 1 == 0 else { throw .archive(path: path, reason: "a member is encrypted") }
            let name = String(decoding: bytes[offset + 46..<offset + 46 + nameLength], as: UTF8.self)
            let extra = offset + 46 + nameLength..<offset + 46 + nameLength + extraLength
            guard let wide = fields.widened([size, compressedSize, local], extra: extra) else {
                throw .archive(path: path, reason: "\(name) lacks its ZIP64 sizes")
            }
            members.append(
                Member(
                    name: name, size: wide[0], compressedSize: wide[1], method: method, checksum: checksum,
                    offset: wide[2]))
            offset += 46 + nameLength + extraLength + commentLength
        }
        return members
    }

    /// How many members the central directory has, and where it begins.
    private static func place(_ fields: Fields, endRecord: Int) -> (count: Int, start: Int)? {
        guard let count = fields.u16(endRecord + 10), let start = fields.u32(endRecord + 16) else { return nil }
        // A locator right before the end record says where the ZIP64 one is, which goes before it.
        guard fields.u32(endRecord - 20) == 0x0706_4B50 else { return (count, Int(start)) }
        guard let wide = fields.u64(endRecord - 12), fields.u32(wide) == 0x0606_4B50,
            let count = fields.u64(wide + 32), let start = fields.u64(wide + 48)
        else { return nil }
        return (count, start)
    }

    /// Undoes a raw deflate stream; `nil` when it is damaged or not of this size.
    private static func inflated(_ packed: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        // Deflate packs at most 1,032 to 1: a larger claim is a lie, and must not reserve memory.
        guard size <= packed.count * 1032 + 64 else { return nil }
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        // One byte more, so that an empty member has a buffer and a longer one is noticed.
        var content = [UInt8](repeating: 0, count: size + 1)
        let code = packed.withUnsafeBufferPointer { input in
            content.withUnsafeMutableBufferPointer { output in
                // zlib does not write to its input.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END, stream.total_out == size else { return nil }
        content.removeLast()
        return content
    }

    /// Little-endian numbers at offsets; `nil` beyond the end.
    private struct Fields {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func u16(_ offset: Int) -> Int? {
            guard offset >= 0, offset + 2 <= bytes.count else { return nil }
            return Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
        }

        func u32(_ offset: Int) -> UInt32? {
            guard let low = u16(offset), let high = u16(offset + 2) else { return nil }
            return UInt32(low) | UInt32(high) << 16
        }

        /// Above 2^48 no memory holds it: then it is damage.
        func u64(_ offset: Int) -> Int? {
            guard let low = u32(offset), let high = u32(offset + 4), high < 0x1_0000 else { return nil }
            return Int(low) | Int(high) << 32
        }

        /// Numbers of which those that are all ones stand, eight bytes each, in the ZIP64 field of `extra`.
        func widened(_ values: [UInt32], extra: Range<Int>) -> [Int]? {
            guard values.contains(.max) else { return values.map { Int($0) } }
            var offset = extra.lowerBound
            while offset + 4 <= extra.upperBound, let kind = u16(offset), let size = u16(offset + 2) {
                guard kind == 1 else {
                    offset += 4 + size
                    continue
                }
                var at = offset + 4
                var result: [Int] = []
                for value in values {
                    guard value == .max else {
                        result.append(Int(value))
                        continue
                    }
                    guard at + 8 <= offset + 4 + size, let number = u64(at) else { return nil }
                    result.append(number)
                    at += 8
                }
                return result
            }
            return nil
        }
    }
}
