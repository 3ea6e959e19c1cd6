internal import Schema

/// Reads numbers and runs of bytes in network order; what ends too early is an error.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    /// The next `count` bytes, lent from the buffer that is read.
    mutating func take(_ count: Int) throws(BusError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw .malformed(.recovery("ends too early")) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(BusError) -> T {
        T(bigEndian: try take(T.bitWidth / 8).loadUnaligned(as: type))
    }

    mutating func envelope() throws(BusError) -> Envelope {
        // `take` gives exactly as many bytes as an envelope has.
        Envelope(bytes: try take(Envelope.byteCount))!
    }
}

extension [UInt8] {
    /// Appends a number in network order.
    mutating func append(integer: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: integer.bigEndian) { append(contentsOf: $0) }
    }

    mutating func append(_ envelope: Envelope) {
        let start = count
        append(contentsOf: repeatElement(0, count: Envelope.byteCount))
        withUnsafeMutableBytes { envelope.write(to: UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Writes a number in network order over the bytes at `offset`.
    mutating func replace(at offset: Int, with integer: some FixedWidthInteger) {
        withUnsafeMutableBytes { $0.storeBytes(of: integer.bigEndian, toByteOffset: offset, as: type(of: integer)) }
    }
}
