/// Reads fields in order; one that is not next has its default.
struct CanonicalReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    @inline(__always)
    private mutating func take(_ tag: UInt8, size: Int) -> Bool {
        guard offset + size < bytes.count, bytes[offset] == tag else { return false }
        offset += 1
        return true
    }

    /// Up to 127 bytes.
    mutating func message(_ tag: UInt8) -> UnsafeRawBufferPointer? {
        guard take(tag, size: 1) else { return nil }
        let length = Int(bytes[offset])
        guard length < 0x80, length <= bytes.count - offset - 1 else { return nil }
        defer { offset += 1 + length }
        return UnsafeRawBufferPointer(rebasing: bytes[offset + 1..<offset + 1 + length])
    }

    /// One that has been heard of.
    mutating func instrument(_ tag: UInt8) -> Instrument? { message(tag).flatMap { Instrument(known: $0) } }

    /// - Returns: `nil` when what is there is no number.
    mutating func number(_ tag: UInt8) -> UInt64? { take(tag, size: 1) ? varint() : 0 }

    mutating func enumeration<Case>(_ tag: UInt8, _ cases: [Case]) -> Case? {
        guard take(tag, size: 1) else { return nil }
        let value = Int(bytes[offset])
        guard (1...cases.count).contains(value) else { return nil }
        offset += 1
        return cases[value - 1]
    }

    @inline(__always)
    mutating func fixed(_ tag: UInt8) -> UInt64 {
        guard take(tag, size: 8) else { return 0 }
        defer { offset += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A number of up to nine bytes; longer ones have bits that no length or count of ours needs.
    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) where offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// - Returns: `nil` when what is there is no list of whole numbers.
    mutating func list(_ tag: UInt8) -> [Double]? {
        guard take(tag, size: 1) else { return [] }
        guard let length = varint().flatMap(Int.init(exactly:)), length > 0, length % 8 == 0,
            length == bytes.count - offset
        else { return nil }
        let start = offset
        offset += length
        return [Double](unsafeUninitializedCapacity: length / 8) { buffer, count in
            for index in 0..<length / 8 {
                let bits = bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self)
                buffer.initializeElement(at: index, to: Double(bitPattern: UInt64(littleEndian: bits)))
            }
            count = length / 8
        }
    }
}

extension Topic {
    private static let kinds = Message.Kind.allCases.map { (kind: $0, stream: Array($0.stream.utf8)) }
    private static let timeframes = Timeframe.allCases.map { (timeframe: $0, name: Array($0.rawValue.utf8)) }

    /// Reads what ``description`` writes, where the instrument has been heard of.
    init?(canonical bytes: UnsafeRawBufferPointer) {
        var parts = bytes[...]
        func next() -> UnsafeRawBufferPointer? {
            guard let end = parts.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            defer { parts = parts[(end + 1)...] }
            return UnsafeRawBufferPointer(rebasing: parts[..<end])
        }
        guard let stream = next(), let kind = Self.kinds.first(where: { $0.stream.elementsEqual(stream) })?.kind else {
            return nil
        }
        guard !parts.isEmpty else {
            self.init(kind)
            return
        }
        guard let name = next(), let instrument = Instrument(known: name) else { return nil }
        guard !parts.isEmpty else {
            self.init(kind, instrument)
            return
        }
        guard let length = next(), parts.isEmpty,
            let timeframe = Self.timeframes.first(where: { $0.name.elementsEqual(length) })?.timeframe
        else { return nil }
        self.init(kind, instrument, timeframe)
    }
}
