/// Values in PostgreSQL's binary form, one after the other, in a buffer that is used again.
///
/// A field is its length (Int32, −1 for NULL) and its bytes, big-endian; a row is its number of fields (Int16) and the
/// fields. That is the layout of `COPY … WITH (FORMAT binary)`, and parameters of a statement are cut from it.
public final class BinaryWriter {
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 4096) {
        self.capacity = capacity
        storage = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { storage.deallocate() }

    /// The bytes written so far; valid until the next write.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: count) }

    func removeAll() { count = 0 }

    /// Room for `size` more bytes, which count as written.
    @inline(__always)
    private func advance(_ size: Int) -> UnsafeMutableRawPointer {
        if count + size > capacity { grow(size) }
        defer { count += size }
        return storage + count
    }

    private func grow(_ size: Int) {
        let larger = max(capacity * 2, count + size)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: storage, byteCount: count)
        storage.deallocate()
        (storage, capacity) = (moved, larger)
    }

    /// The number without a length before it.
    @inline(__always)
    func raw<Number: FixedWidthInteger>(_ value: Number) {
        advance(MemoryLayout<Number>.size).storeBytes(of: value.bigEndian, as: Number.self)
    }

    /// A field that is one number.
    @inline(__always)
    func field<Number: FixedWidthInteger>(_ value: Number) {
        let size = MemoryLayout<Number>.size
        let start = advance(4 + size)
        start.storeBytes(of: Int32(truncatingIfNeeded: size).bigEndian, as: Int32.self)
        (start + 4).storeBytes(of: value.bigEndian, as: Number.self)
    }

    /// A field of bytes as they are.
    func field(_ bytes: [UInt8]) { bytes.withUnsafeBytes { field(copying: $0) } }

    /// Fields as they were written before, their lengths included.
    func append(_ written: [UInt8]) {
        written.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            advance(source.count).copyMemory(from: start, byteCount: source.count)
        }
    }

    /// A text field.
    ///
    /// PostgreSQL's text cannot hold U+0000, so U+2400 (␀) stands for it.
    func field(_ text: String) {
        var text = text
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            if bytes.contains(0) {
                field(Self.withoutZeros(Array(bytes)))
            } else {
                field(copying: UnsafeRawBufferPointer(bytes))
            }
        }
        guard done == nil else { return }
        text.makeContiguousUTF8()
        field(Self.withoutZeros(Array(text.utf8)))
    }

    private static func withoutZeros(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 == 0 ? [0xE2, 0x90, 0x80] : [$0] }
    }

    private func field(copying bytes: UnsafeRawBufferPointer) {
        raw(Int32(bytes.count))
        guard let source = bytes.baseAddress else { return }
        advance(bytes.count).copyMemory(from: source, byteCount: bytes.count)
    }

    /// NULL.
    func null() { raw(Int32(-1)) }

    /// A field whose length is known when `body` has written it.
    func field(_ body: () -> Void) {
        raw(Int32(0))
        let start = count
        body()
        (storage + start - 4).storeBytes(of: Int32(count - start).bigEndian, as: Int32.self)
    }

    /// A value, or NULL.
    @inline(__always)
    func write<Value: SQLValue>(_ value: Value) { value.write(to: self) }

    @inline(__always)
    func write<Value: SQLValue>(_ value: Value?) {
        if let value { value.write(to: self) } else { null() }
    }

    /// The first eleven bytes of a binary COPY, its flags, and the length of its header's extension.
    func copyHeader() {
        for byte in "PGCOPY\n".utf8 { raw(byte) }
        for byte: UInt8 in [0xFF, 0x0D, 0x0A, 0x00] { raw(byte) }
        raw(Int32(0))
        raw(Int32(0))
    }

    /// The end of a binary COPY.
    func copyTrailer() { raw(Int16(-1)) }

    /// Cuts rows of `columns` fields each, as written after `Int16` counts, into one pointer and length a field.
    func fields(rows: Int, columns: Int) -> (values: [UnsafePointer<CChar>?], lengths: [CInt]) {
        var values: [UnsafePointer<CChar>?] = []
        var lengths: [CInt] = []
        values.reserveCapacity(rows * columns)
        lengths.reserveCapacity(rows * columns)
        var offset = 0
        for _ in 0..<rows {
            offset += 2
            for _ in 0..<columns {
                let length = Int32(bigEndian: storage.loadUnaligned(fromByteOffset: offset, as: Int32.self))
                offset += 4
                values.append(length < 0 ? nil : UnsafePointer((storage + offset).assumingMemoryBound(to: CChar.self)))
                lengths.append(max(length, 0))
                offset += Int(max(length, 0))
            }
        }
        precondition(offset == count, "rows have \(columns) fields each")
        return (values, lengths)
    }
}
