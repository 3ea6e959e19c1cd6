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
