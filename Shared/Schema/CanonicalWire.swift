/// The messages of which there are most, candles, feature vectors and watermarks, written and read without a detour.
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

    // MARK: Watermarks

    static func payload(of watermark: Watermark) -> [UInt8] {
        let most = watermark.tails.reduce(27) { $0 + 40 + ($1.topic.instrument?.utf8.count ?? 0) }
        return CanonicalWriter.bytes(atMost: most) { writer in
            writer.fixed(0x09, watermark.position.rawValue)
            writer.fixed(0x11, watermark.previous.rawValue)
            writer.fixed(0x19, UInt64(bitPattern: watermark.time.rawValue))
            for tail in watermark.tails {
                writer.message(0x22) { writer in
                    writer.message(0x0A) { $0.topic(tail.topic) }
                    writer.number(0x10, UInt64(UInt32(clamping: tail.count)))
                    writer.number(0x18, tail.last)
                }
            }
        }
    }

    /// - Returns: `nil` for bytes that are not in the one form, or that name an instrument not heard of yet.
    static func watermark(_ bytes: UnsafeRawBufferPointer) -> Watermark? {
        var reader = CanonicalReader(bytes)
        let position = FeedPosition(reader.fixed(0x09))
        let previous = FeedPosition(reader.fixed(0x11))
        let time = UnixNanos(Int64(bitPattern: reader.fixed(0x19)))
        var tails: [Watermark.Tail] = []
        while let part = reader.message(0x22) {
            var tail = CanonicalReader(part)
            guard let name = tail.message(0x0A), let topic = Topic(canonical: name), let count = tail.number(0x10),
                let last = tail.number(0x18), let count = UInt32(exactly: count), tail.isAtEnd
            else { return nil }
            tails.append(Watermark.Tail(topic: topic, count: Int(count), last: last))
        }
        guard reader.isAtEnd else { return nil }
        return Watermark(position: position, previous: previous, time: time, tails: tails)
    }
}

extension Topic {
    private static let kinds = Message.Kind.allCases.map { (kind: $0, stream: Array($0.stream.utf8)) }
    private static let timeframes = Timeframe.allCases.map { (timeframe: $0, name: Array($0.rawValue.utf8)) }

    /// Reads what ``description`` writes, where the instrument has been heard of.
    fileprivate init?(canonical bytes: UnsafeRawBufferPointer) {
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
