internal import SwiftProtobuf

extension Message {
    /// The payload: the protobuf form of ``Message`` in `proto/tidegate/v1/tidegate.proto`.
    ///
    /// The same message always gives the same bytes.
    public func payload() throws(SchemaError) -> [UInt8] {
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
        guard let kind = Kind(rawValue: number) else { throw .kind(number) }
        guard version == kind.schemaVersion else {
            throw .version(kind: kind.stream, received: version, understood: kind.schemaVersion)
        }
        do {
            switch kind {
            case .candle: self = .candle(try Candle(wire: Tidegate_V1_Candle(serializedBytes: bytes)))
            case .anomaly: self = .anomaly(try Anomaly(wire: Tidegate_V1_Anomaly(serializedBytes: bytes)))
            case .control: self = .control(try Control(wire: Tidegate_V1_Control(serializedBytes: bytes)))
            case .watermark: self = .watermark(try Watermark(wire: Tidegate_V1_Watermark(serializedBytes: bytes)))
            case .features: self = .features(try FeatureVector(wire: Tidegate_V1_FeatureVector(serializedBytes: bytes)))
            case .prediction: self = .prediction(try Prediction(wire: Tidegate_V1_Prediction(serializedBytes: bytes)))
            case .decision: self = .decision(try Decision(wire: Tidegate_V1_Decision(serializedBytes: bytes)))
            case .order: self = .order(try Order(wire: Tidegate_V1_Order(serializedBytes: bytes)))
            case .orderEvent: self = .orderEvent(try OrderEvent(wire: Tidegate_V1_OrderEvent(serializedBytes: bytes)))
            case .fill: self = .fill(try Fill(wire: Tidegate_V1_Fill(serializedBytes: bytes)))
            case .account: self = .account(try Account(wire: Tidegate_V1_Account(serializedBytes: bytes)))
            case .metric: self = .metric(try Metric(wire: Tidegate_V1_Metric(serializedBytes: bytes)))
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
