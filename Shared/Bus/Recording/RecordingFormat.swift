internal import Schema

/// The layout of a recording, `.tgr`; numbers are big-endian.
///
///     0  magic      8 bytes 89 "TGR" 0D 0A 1A 0A     16 checksum UInt32, CRC-32C of the information
///     8  version    UInt32 1                         20 information
///     12 length     UInt32 of the information        …  records
///
/// The first byte and the line ends show a file that was sent as text, as in PNG. A record:
///
///     0  length     UInt32 of the body               12 body: length of the topic UInt16, topic,
///     4  checksum   UInt32, CRC-32C of the body         envelope (56 bytes), payload
///     8  checksum   UInt32, CRC-32C of the first eight bytes
///
/// The head's own checksum tells a length that can be trusted, and so a record that was cut off from one that is damaged.
enum RecordingFormat {
    static let magic: [UInt8] = [0x89, 0x54, 0x47, 0x52, 0x0D, 0x0A, 0x1A, 0x0A]
    static let version: UInt32 = 1
    static let headerCount = 20
    static let recordHeadCount = 12
    static let largestInformation = 1 << 20

    static func header(_ information: String) -> [UInt8] {
        let information = Array(information.utf8)
        precondition(information.count <= largestInformation, "a recording's information has at most 1 MiB")
        var bytes = magic
        bytes.append(integer: version)
        bytes.append(integer: UInt32(information.count))
        bytes.append(integer: CRC32C.checksum(information))
        return bytes + information
    }

    /// Reads the header.
    ///
    /// - Returns: The information, and the offset of the first record.
    static func readHeader(of file: borrowing File) throws(BusError) -> (information: String, end: Int) {
        let head = try file.read(at: 0, count: headerCount)
        guard head.count == headerCount, head.starts(with: magic) else {
            throw .recording(reason: "the file is not a recording")
        }
        let version = UInt32(bigEndian: head, at: 8)
        guard version == Self.version else {
            throw .recording(reason: "format version \(version), this build reads \(Self.version)")
        }
        let count = Int(UInt32(bigEndian: head, at: 12))
        guard count <= largestInformation else { throw .corruptRecording(offset: 12) }
        let information = try file.read(at: headerCount, count: count)
        guard information.count == count, CRC32C.checksum(information) == UInt32(bigEndian: head, at: 16),
            let text = String(validating: information, as: UTF8.self)
        else { throw .corruptRecording(offset: headerCount) }
        return (text, headerCount + count)
    }

    static func append(_ frames: Frames, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: recordHeadCount))
        bytes.append(integer: UInt16(frames.topic.count))
        bytes.append(contentsOf: frames.topic)
        bytes.append(frames.envelope)
        bytes.append(contentsOf: frames.payload)
        let body = start + recordHeadCount
        bytes.replace(at: start, with: UInt32(bytes.count - body))
        bytes.replace(at: start + 4, with: CRC32C.checksum(bytes[body...]))
        bytes.replace(at: start + 8, with: CRC32C.checksum(bytes[start..<start + 8]))
    }

    /// The three frames of a record's body; `nil` when they do not fit.
    static func frames(ofBody body: ArraySlice<UInt8>) -> [[UInt8]]? {
        guard body.count >= 2 else { return nil }
        let topicEnd = body.startIndex + 2 + Int(body[body.startIndex]) << 8 + Int(body[body.startIndex + 1])
        let envelopeEnd = topicEnd + Envelope.byteCount
        guard envelopeEnd <= body.endIndex else { return nil }
        return [
            Array(body[body.startIndex + 2..<topicEnd]), Array(body[topicEnd..<envelopeEnd]),
            Array(body[envelopeEnd...]),
        ]
    }
}

extension UInt32 {
    /// The number in network order at `offset`, which must be inside.
    init(bigEndian bytes: some RandomAccessCollection<UInt8>, at offset: Int) {
        self = bytes.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
