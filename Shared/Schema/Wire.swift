internal import SwiftProtobuf

extension Message {
    /// The payload: the protobuf form of ``Message`` in `proto/tidegate/v1/tidegate.proto`.
    ///
    /// The same message always gives the same bytes.
    public func payload() throws(SchemaError) -> [UInt8] {
        switch self {
        case .candle(let candle): CanonicalWire.payload(of: candle)
        case .features(let vector): CanonicalWire.payload(of: vector)
        case .watermark(let watermark): CanonicalWire.payload(of: watermark)
        default: try generatedPayload()
        }
    }

    /// The same by the generated code.
    package func generatedPayload() throws(SchemaError) -> [UInt8] {
        do {
            switch self {
            case .candle(let value): return try value.wire.serializedBytes()
            case .anomaly(let value): return try value.wire.serializedBytes()
            case .control(let value): return try value.wire.serializedBytes()
            case .watermark(let value): return try value.wire.serializedBytes()
            case .features(let value): return try value.wire.serializedBytes()
            case .prediction(let value): return try value.wire.serializedBytes()
            case .decision(let value): return try value.wire.serializedBytes()
            case .order(let value): return try value.wire.serializedBytes()
            case .orderEvent(let value): return try value.wire.serializedBytes()
            case .fill(let value): return try value.wire.serializedBytes()
            case .account(let value): return try value.wire.serializedBytes()
            case .metric(let value): return try value.wire.serializedBytes()
            case .trade(let value): return try value.wire.serializedBytes()
            case .quote(let value): return try value.wire.serializedBytes()
            case .book(let value): return try value.wire.serializedBytes()
            case .side(let value): return try value.wire.serializedBytes()
            case .headline(let value): return try value.wire.serializedBytes()
            }
        } catch {
            throw .payload(kind: kind.stream, reason: "\(error)")
        }
    }

    /// Reads a payload.
    ///
    /// - Throws: ``SchemaError/kind(_:)`` and ``SchemaError/version(kind:received:understood:)`` for what this build does
    ///   not read, and the errors of the types' own rules for content that breaks them.
    public init(kind number: UInt16, version: UInt16, payload bytes: [UInt8]) throws(SchemaError) {
        let result = bytes.withUnsafeBytes { bytes in
            Result<Message, SchemaError> { () throws(SchemaError) in
                try Message(kind: number, version: version, payload: bytes)
            }
        }
        self = try result.get()
    }

    /// Reads a payload where it lies.
    public init(kind number: UInt16, version: UInt16, payload: UnsafeRawBufferPointer) throws(SchemaError) {
        guard let kind = Kind(rawValue: number) else { throw .kind(number) }
        guard version == kind.schemaVersion else {
            throw .version(kind: kind.stream, received: version, understood: kind.schemaVersion)
        }
        switch kind {
        case .candle:
            if let candle = try CanonicalWire.candle(payload) {
                self = .candle(candle)
                return
            }
        case .features:
            if let vector = CanonicalWire.features(payload) {
                self = .features(vector)
                return
            }
        case .watermark:
            if let watermark = CanonicalWire.watermark(payload) {
                self = .watermark(watermark)
                return
            }
        default: break
        }
        self = try Self.read(kind, [UInt8](payload))
    }

    /// Reads any valid encoding.
    package static func read(_ kind: Kind, _ bytes: [UInt8]) throws(SchemaError) -> Message {
        do {
            switch kind {
            case .candle: return .candle(try Candle(wire: Tidegate_V1_Candle(serializedBytes: bytes)))
            case .anomaly: return .anomaly(try Anomaly(wire: Tidegate_V1_Anomaly(serializedBytes: bytes)))
            case .control: return .control(try Control(wire: Tidegate_V1_Control(serializedBytes: bytes)))
            case .watermark: return .watermark(try Watermark(wire: Tidegate_V1_Watermark(serializedBytes: bytes)))
            case .features: return .features(try FeatureVector(wire: Tidegate_V1_FeatureVector(serializedBytes: bytes)))
            case .prediction: return .prediction(try Prediction(wire: Tidegate_V1_Prediction(serializedBytes: bytes)))
            case .decision: return .decision(try Decision(wire: Tidegate_V1_Decision(serializedBytes: bytes)))
            case .order: return .order(try Order(wire: Tidegate_V1_Order(serializedBytes: bytes)))
            case .orderEvent: return .orderEvent(try OrderEvent(wire: Tidegate_V1_OrderEvent(serializedBytes: bytes)))
            case .fill: return .fill(try Fill(wire: Tidegate_V1_Fill(serializedBytes: bytes)))
            case .account: return .account(try Account(wire: Tidegate_V1_Account(serializedBytes: bytes)))
            case .metric: return .metric(try Metric(wire: Tidegate_V1_Metric(serializedBytes: bytes)))
            case .trade: return .trade(try Trade(wire: Tidegate_V1_Trade(serializedBytes: bytes)))
            case .quote: return .quote(try Quote(wire: Tidegate_V1_Quote(serializedBytes: bytes)))
            case .book: return .book(try Book(wire: Tidegate_V1_Book(serializedBytes: bytes)))
            case .side: return .side(try SideValue(wire: Tidegate_V1_SideValue(serializedBytes: bytes)))
            case .headline: return .headline(try Headline(wire: Tidegate_V1_Headline(serializedBytes: bytes)))
            }
        } catch let error as SchemaError {
            throw error
        } catch {
            throw .payload(kind: kind.stream, reason: "\(error)")
        }
    }
}

/// A Swift enumeration and its wire form, case by case in the same order; the wire form's zero means "unspecified".
protocol WireEnumeration: CaseIterable, Equatable where AllCases.Index == Int {
    associatedtype Wire: SwiftProtobuf.Enum where Wire.RawValue == Int
}

extension WireEnumeration {
    init(wire: Wire) throws(SchemaError) {
        guard wire.rawValue >= 1, wire.rawValue <= Self.allCases.count else {
            throw .payload(kind: "\(Self.self)", reason: "value \(wire.rawValue)")
        }
        self = Self.allCases[wire.rawValue - 1]
    }

    var wire: Wire {
        // A case of `Self` is in its `allCases`, and the contract has a value for each: `SchemaTests` compares the two.
        Wire(rawValue: Self.allCases.firstIndex(of: self)! + 1)!
    }
}

extension Timeframe: WireEnumeration { typealias Wire = Tidegate_V1_Timeframe }
extension Candle.Source: WireEnumeration { typealias Wire = Tidegate_V1_CandleSource }
extension Anomaly.Kind: WireEnumeration { typealias Wire = Tidegate_V1_Anomaly.Kind }
extension TradingState: WireEnumeration { typealias Wire = Tidegate_V1_TradingState }
extension Prediction.Role: WireEnumeration { typealias Wire = Tidegate_V1_Prediction.Role }
extension Decision.Action: WireEnumeration { typealias Wire = Tidegate_V1_Decision.Action }
extension Side: WireEnumeration { typealias Wire = Tidegate_V1_Side }
extension OrderKind: WireEnumeration { typealias Wire = Tidegate_V1_OrderKind }
extension TimeInForce: WireEnumeration { typealias Wire = Tidegate_V1_TimeInForce }
extension OrderEvent.State: WireEnumeration { typealias Wire = Tidegate_V1_OrderEvent.State }
extension Trade.Aggressor: WireEnumeration { typealias Wire = Tidegate_V1_Trade.Aggressor }
extension SideValue.Series: WireEnumeration { typealias Wire = Tidegate_V1_SideValue.Series }
