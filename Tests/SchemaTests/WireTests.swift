import Foundation
import Testing

@testable import Schema

@Suite("Wire")
struct WireTests {
    @Test("Every message comes back from its payload as it went in, and always as the same bytes")
    func roundTrip() throws {
        for message in try Samples.ordinary() + Samples.extremes() {
            let payload = try message.payload()
            let back = try Message(kind: message.kind.rawValue, version: message.kind.schemaVersion, payload: payload)
            #expect(back == message)
            #expect(try back.payload() == payload)
        }
    }

    @Test("The samples have every kind")
    func samplesAreComplete() throws {
        #expect(try Samples.ordinary().map(\.kind) == Message.Kind.allCases)
    }

    @Test("Not-a-number keeps its place in a feature vector")
    func notANumber() throws {
        let vector = FeatureVector(
            instrument: Samples.bitcoin, timeframe: .hour1, openTime: UnixNanos(0), asOf: UnixNanos(1),
            featureSet: FeatureSetID(9), referencePrice: 1, volatility: .nan, values: [1, .nan, 3])
        let payload = try Message.features(vector).payload()
        guard case .features(let back) = try Message(kind: 5, version: 1, payload: payload) else {
            Issue.record("another kind came back")
            return
        }
        #expect(back.values.map(\.bitPattern) == vector.values.map(\.bitPattern))
        #expect(back.volatility.isNaN)
    }

    @Test("A foreign kind or version is refused by name")
    func foreign() throws {
        let payload = try Samples.ordinary()[0].payload()
        #expect(throws: SchemaError.kind(0)) { try Message(kind: 0, version: 1, payload: payload) }
        #expect(throws: SchemaError.kind(9999)) { try Message(kind: 9999, version: 1, payload: payload) }
        #expect(throws: SchemaError.kind(Envelope.heartbeatKind)) {
            try Message(kind: Envelope.heartbeatKind, version: 1, payload: [])
        }
        for version: UInt16 in [0, 2, .max] {
            #expect(throws: SchemaError.version(kind: "candle", received: version, understood: 1)) {
                try Message(kind: 1, version: version, payload: payload)
            }
        }
    }

    @Test("Content that breaks a type's rule is refused where it enters")
    func brokenContent() throws {
        var candle = Tidegate_V1_Candle()
        candle.instrument = "binance.BTC-USDT"
        candle.timeframe = .timeframe1M
        candle.source = .file
        (candle.open, candle.high, candle.low, candle.close) = (1, 2, 1, 1.5)
        #expect(throws: Never.self) { try Candle(wire: candle) }
        for broken: (inout Tidegate_V1_Candle) -> Void in [
            { $0.high = 1.4 }, { $0.low = 0 }, { $0.volume = -1 }, { $0.volume = .nan }, { $0.open = .nan },
            { $0.high = .infinity }, { $0.openTimeNs = 1 }, { $0.openTimeNs = .min }, { $0.openTimeNs = .max },
            { $0.openTimeNs = 9_223_372_020_000_000_000 }, { $0.timeframe = .unspecified },
            { $0.timeframe = .UNRECOGNIZED(99) }, { $0.source = .unspecified }, { $0.instrument = "BTC" },
        ] {
            var other = candle
            broken(&other)
            #expect(throws: SchemaError.self) { try Candle(wire: other) }
        }
        #expect(throws: SchemaError.payload(kind: "control", reason: "no change in it")) {
            try Message(kind: Message.Kind.control.rawValue, version: 1, payload: [])
        }
        var order = Tidegate_V1_Order()
        order.instrument = "binance.BTC-USDT"
        (order.side, order.kind, order.timeInForce) = (.buy, .market, .gtc)
        order.quantity = "0"
        #expect(throws: SchemaError.number(field: "quantity", value: 0)) { try Order(wire: order) }
        order.quantity = "1e5"
        #expect(throws: SchemaError.decimal("1e5")) { try Order(wire: order) }
    }

    @Test("Junk never crashes, whether random or a damaged message", arguments: [1, 2, 3] as [UInt64])
    func junk(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let payloads = try (Samples.ordinary() + Samples.extremes()).map { ($0.kind, try $0.payload()) }
        var refused = 0
        var accepted = 0
        for round in 0..<20_000 {
            var bytes: [UInt8]
            var kind = UInt16.random(in: 1...UInt16(Message.Kind.allCases.count), using: &random)
            if round % 4 == 0 {
                bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            } else {
                let sample = payloads[Int.random(in: 0..<payloads.count, using: &random)]
                (kind, bytes) = (round % 8 == 1 ? kind : sample.0.rawValue, sample.1)
                for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if round % 3 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            }
            do {
                let message = try Message(kind: kind, version: 1, payload: bytes)
                // What was let in must be usable: its topic, its time and its payload.
                _ = (message.topic.description, message.eventTime?.description)
                _ = try message.payload()
                accepted += 1
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1000 && accepted > 100)
    }
}

@Suite("Wire enumerations")
struct WireEnumerationTests {
    /// Each Swift case beside the contract's name for it; the contract's zero is left out.
    private func check<E: WireEnumeration>(
        _ type: E.Type, _ names: [E: String], zero: E.Wire, sourceLocation: SourceLocation = #_sourceLocation
    ) where E: Hashable, E.Wire: CaseIterable {
        #expect(E.Wire.allCases.count == E.allCases.count + 1, "\(E.self)", sourceLocation: sourceLocation)
        for value in E.allCases {
            #expect("\(value.wire)" == names[value] ?? "\(value)", sourceLocation: sourceLocation)
            #expect((try? E(wire: value.wire)) == value, sourceLocation: sourceLocation)
        }
        #expect(throws: SchemaError.self, sourceLocation: sourceLocation) { try E(wire: zero) }
    }

    @Test("Every Swift case has the contract's value of the same name, and the other way about")
    func complete() {
        check(
            Timeframe.self,
            [
                .minute1: "timeframe1M", .minute5: "timeframe5M", .minute15: "timeframe15M",
                .minute30: "timeframe30M", .hour1: "timeframe1H", .hour4: "timeframe4H", .day1: "timeframe1D",
            ], zero: .unspecified)
        check(Candle.Source.self, [:], zero: .unspecified)
        check(Anomaly.Kind.self, [:], zero: .unspecified)
        check(TradingState.self, [:], zero: .unspecified)
        check(Prediction.Role.self, [:], zero: .unspecified)
        check(Decision.Action.self, [:], zero: .unspecified)
        check(Side.self, [:], zero: .unspecified)
        check(OrderKind.self, [:], zero: .unspecified)
        check(
            TimeInForce.self, [.goodTilCancelled: "gtc", .immediateOrCancel: "ioc", .fillOrKill: "fok"],
            zero: .unspecified)
        check(OrderEvent.State.self, [:], zero: .unspecified)
    }
}

@Suite("Canonical wire form")
struct CanonicalWireTests {
    /// The kinds that are written and read without SwiftProtobuf, many of each.
    private func messages() throws -> [Message] {
        var random = SplitMix64(seed: 11)
        func number() -> Double {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: 0
            case 1: -0.0
            case 2: Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random))
            default: Double.random(in: -1e6...1e6, using: &random)
            }
        }
        let instruments = [Samples.bitcoin, Samples.long, Instrument("k.A-B")]
        let vectors = (0..<500).map { _ in
            FeatureVector(
                instrument: instruments.randomElement(using: &random)!,
                timeframe: Timeframe.allCases.randomElement(using: &random)!,
                openTime: UnixNanos(Bool.random(using: &random) ? 0 : Int64.random(in: .min ... .max, using: &random)),
                asOf: UnixNanos(Int64.random(in: .min ... .max, using: &random)),
                featureSet: FeatureSetID(UInt64.random(in: 0...3, using: &random)), referencePrice: number(),
                volatility: number(), values: (0..<Int.random(in: 0...40, using: &random)).map { _ in number() })
        }
        let watermarks = (0..<300).map { _ in
            Watermark(
                position: FeedPosition(UInt64.random(in: 0...3, using: &random)),
                previous: FeedPosition(UInt64.random(in: 0 ... .max, using: &random)),
                time: UnixNanos(Int64.random(in: .min ... .max, using: &random)),
                tails: (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    let instrument = instruments.randomElement(using: &random)
                    return Watermark.Tail(
                        topic: Topic(
                            Message.Kind.allCases.randomElement(using: &random)!,
                            Bool.random(using: &random) ? instrument : nil),
                        count: Int(
                            UInt32.random(in: 0 ... .max, using: &random) >> UInt32.random(in: 0...32, using: &random)),
                        last: UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0...64, using: &random)
                    )
                })
        }
        return try Samples.ordinary() + Samples.extremes() + vectors.map(Message.features)
            + watermarks.map(Message.watermark)
    }

    /// The generated code's bytes of the kinds in question.
    private func payloads() throws -> [(message: Message, bytes: [UInt8])] {
        try messages().filter { [.candle, .features, .watermark].contains($0.kind) }.map {
            ($0, try $0.generatedPayload())
        }
    }

    private func read(_ kind: Message.Kind, _ bytes: UnsafeRawBufferPointer) throws(SchemaError) -> Message? {
        switch kind {
        case .candle: try CanonicalWire.candle(bytes).map(Message.candle)
        case .features: CanonicalWire.features(bytes).map(Message.features)
        default: CanonicalWire.watermark(bytes).map(Message.watermark)
        }
    }

    @Test("What is written is byte for byte what SwiftProtobuf writes, and reads back as the same")
    func sameBytes() throws {
        for (message, expected) in try payloads() {
            #expect(try message.payload() == expected)
            let back = try expected.withUnsafeBytes { try read(message.kind, $0) }
            // Numbers over nine bytes are left to the generated code.
            if message.kind != .watermark { #expect(back != nil) }
            if let back { #expect(try back.payload() == expected) }
        }
    }

    @Test("Whatever bytes it takes, SwiftProtobuf reads as the same message", arguments: [1, 2] as [UInt64])
    func sameMeaning(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let payloads = try payloads().map { ($0.message.kind, $0.bytes) }
        var taken = 0
        for _ in 0..<30_000 {
            var (kind, bytes) = payloads.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                case 2: bytes[index] |= 0x80
                default: bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let fast = bytes.withUnsafeBytes { bytes in
                Result<Message?, SchemaError> { () throws(SchemaError) in
                    try read(kind, bytes)
                }
            }
            let generated = Result<Message, SchemaError> { () throws(SchemaError) in try Message.read(kind, bytes) }
            switch fast {
            case .success(nil): continue
            case .success(let message?): #expect(try generated.get().generatedPayload() == message.generatedPayload())
            case .failure(let error):
                // By their texts, since a number in them may be not-a-number.
                let other = #expect(throws: SchemaError.self) { try generated.get() }
                #expect(other.map { "\($0)" } == "\(error)")
            }
            taken += 1
        }
        #expect(taken > 5000)
    }
}
