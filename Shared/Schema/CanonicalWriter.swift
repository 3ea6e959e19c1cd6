/// Writes fields in order into a buffer that has room for them.
struct CanonicalWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private var count = 0

    private init(buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

    /// The bytes that `body` writes.
    @inline(__always)
    static func bytes(atMost capacity: Int, _ body: (inout CanonicalWriter) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var writer = CanonicalWriter(buffer: UnsafeMutableRawBufferPointer(buffer))
            body(&writer)
            count = writer.count
        }
    }

    @inline(__always)
    private mutating func byte(_ value: UInt8) {
        buffer[count] = value
        count += 1
    }

    @inline(__always)
    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    mutating func bytes(_ tag: UInt8, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        byte(tag)
        varint(UInt64(bytes.count))
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: $0) }
        count += bytes.count
    }

    /// The contract's values begin with 1 for the first case.
    @inline(__always)
    mutating func enumeration(_ tag: UInt8, _ index: Int?) {
        guard let index else { return }
        byte(tag)
        byte(UInt8(index + 1))
    }

    /// Eight bytes, unless all are zero, which is the default.
    @inline(__always)
    mutating func fixed(_ tag: UInt8, _ bits: UInt64) {
        guard bits != 0 else { return }
        byte(tag)
        buffer.storeBytes(of: bits.littleEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    /// A number, unless it is zero, which is the default.
    @inline(__always)
    mutating func number(_ tag: UInt8, _ value: UInt64) {
        guard value != 0 else { return }
        byte(tag)
        varint(value)
    }

    /// Up to 127 bytes, whose length is known when `body` has written them.
    @inline(__always)
    mutating func message(_ tag: UInt8, _ body: (inout CanonicalWriter) -> Void) {
        byte(tag)
        byte(0)
        let start = count
        body(&self)
        precondition(count - start < 0x80, "a topic and two numbers are short")
        buffer[start - 1] = UInt8(count - start)
    }

    /// The bytes of ``Topic/description``.
    mutating func topic(_ topic: Topic) {
        text(topic.kind.stream)
        if let instrument = topic.instrument {
            for character in instrument.utf8 { byte(character) }
            byte(UInt8(ascii: "/"))
        }
        if let timeframe = topic.timeframe { text(timeframe.rawValue) }
    }

    /// A name and a slash.
    private mutating func text(_ name: String) {
        for character in name.utf8 { byte(character) }
        byte(UInt8(ascii: "/"))
    }

    mutating func list(_ tag: UInt8, _ values: [Double]) {
        guard !values.isEmpty else { return }
        byte(tag)
        varint(UInt64(8 * values.count))
        for value in values {
            buffer.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: count, as: UInt64.self)
            count += 8
        }
    }
}
