/// The messages of which there are most, candles and feature vectors, written and read without a detour.
///
/// What is written is what SwiftProtobuf writes, byte for byte, and only that form is read here: fields in order, each
/// once, defaults left out, list packed. Every other encoding of the same message is valid too and is left to
/// SwiftProtobuf. The tags are those of `proto/tidegate/v1/tidegate.proto`; `SchemaTests` compares the two ways.
enum CanonicalWire {
    private static let timeframes = Timeframe.allCases
    private static let sources = Candle.Source.allCases

    // MARK: Candles

    static func payload(of candle: Candle) -> [UInt8] {
        let name = candle.instrument.utf8
        return CanonicalWriter.bytes(atMost: name.count + 64) { writer in
            writer.bytes(0x0A, name)
            writer.enumeration(0x10, timeframes.firstIndex(of: candle.timeframe))
            writer.fixed(0x19, UInt64(bitPattern: candle.openTime.rawValue))
            writer.fixed(0x21, candle.open.bitPattern)
            writer.fixed(0x29, candle.high.bitPattern)
            writer.fixed(0x31, candle.low.bitPattern)
            writer.fixed(0x39, candle.close.bitPattern)
            writer.fixed(0x41, candle.volume.bitPattern)
            writer.enumeration(0x48, sources.firstIndex(of: candle.source))
        }
    }

    /// - Returns: `nil` for bytes that are not in the one form, or that name an instrument not heard of yet.
    static func candle(_ bytes: UnsafeRawBufferPointer) throws(SchemaError) -> Candle? {
        var reader = CanonicalReader(bytes)
        guard let instrument = reader.instrument(0x0A), let timeframe = reader.enumeration(0x10, timeframes) else {
            return nil
        }
        let openTime = UnixNanos(Int64(bitPattern: reader.fixed(0x19)))
        let open = Double(bitPattern: reader.fixed(0x21))
        let high = Double(bitPattern: reader.fixed(0x29))
        let low = Double(bitPattern: reader.fixed(0x31))
        let close = Double(bitPattern: reader.fixed(0x39))
        let volume = Double(bitPattern: reader.fixed(0x41))
        guard let source = reader.enumeration(0x48, sources), reader.isAtEnd else { return nil }
        return try Candle(
            instrument: instrument, timeframe: timeframe, openTime: openTime, open: open, high: high, low: low,
            close: close, volume: volume, source: source)
    }

    // MARK: Feature vectors

    static func payload(of vector: FeatureVector) -> [UInt8] {
        let name = vector.instrument.utf8
        return CanonicalWriter.bytes(atMost: name.count + 72 + 8 * vector.values.count) { writer in
            writer.bytes(0x0A, name)
            writer.enumeration(0x10, timeframes.firstIndex(of: vector.timeframe))
            writer.fixed(0x19, UInt64(bitPattern: vector.openTime.rawValue))
            writer.fixed(0x21, UInt64(bitPattern: vector.asOf.rawValue))
            writer.fixed(0x29, vector.featureSet.rawValue)
            writer.fixed(0x31, vector.referencePrice.bitPattern)
            writer.fixed(0x39, vector.volatility.bitPattern)
            writer.list(0x42, vector.values)
        }
    }

    /// - Returns: `nil` for bytes that are not in the one form, or that name an instrument not heard of yet.
    static func features(_ bytes: UnsafeRawBufferPointer) -> FeatureVector? {
        var reader = CanonicalReader(bytes)
        guard let instrument = reader.instrument(0x0A), let timeframe = reader.enumeration(0x10, timeframes) else {
            return nil
        }
        let openTime = UnixNanos(Int64(bitPattern: reader.fixed(0x19)))
        let asOf = UnixNanos(Int64(bitPattern: reader.fixed(0x21)))
        let featureSet = FeatureSetID(reader.fixed(0x29))
        let referencePrice = Double(bitPattern: reader.fixed(0x31))
        let volatility = Double(bitPattern: reader.fixed(0x39))
        guard let values = reader.list(0x42), reader.isAtEnd else { return nil }
        return FeatureVector(
            instrument: instrument, timeframe: timeframe, openTime: openTime, asOf: asOf, featureSet: featureSet,
            referencePrice: referencePrice, volatility: volatility, values: values)
    }
}

/// Writes fields in order into a buffer that has room for them.
private struct CanonicalWriter {
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
    private mutating func varint(_ value: Int) {
        var rest = UInt64(value)
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    mutating func bytes(_ tag: UInt8, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        byte(tag)
        varint(bytes.count)
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

    mutating func list(_ tag: UInt8, _ values: [Double]) {
        guard !values.isEmpty else { return }
        byte(tag)
        varint(8 * values.count)
        for value in values {
            buffer.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: count, as: UInt64.self)
            count += 8
        }
    }
}

/// Reads fields in order; one that is not next has its default.
private struct CanonicalReader {
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

    /// A name of up to 127 bytes that has been heard of.
    mutating func instrument(_ tag: UInt8) -> Instrument? {
        guard take(tag, size: 1) else { return nil }
        let length = Int(bytes[offset])
        guard length < 0x80, length <= bytes.count - offset - 1 else { return nil }
        defer { offset += 1 + length }
        return Instrument(known: UnsafeRawBufferPointer(rebasing: bytes[offset + 1..<offset + 1 + length]))
    }

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

    /// A number of up to five bytes.
    private mutating func varint() -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) where offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// - Returns: `nil` when what is there is no list of whole numbers.
    mutating func list(_ tag: UInt8) -> [Double]? {
        guard take(tag, size: 1) else { return [] }
        guard let length = varint(), length > 0, length % 8 == 0, length == bytes.count - offset else { return nil }
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
