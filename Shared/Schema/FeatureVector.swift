/// Names, parameters and code revision of a list of features, as one number; printed in hexadecimal.
///
/// A vector, a model and a prediction carry it, and a mismatch is refused.
public struct FeatureSetID: Codable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads the sixteen hexadecimal digits of ``description``; `nil` for anything else.
    public init?(_ description: String) {
        guard description.utf8.count == 16, description.utf8.first != UInt8(ascii: "+"),
            let value = UInt64(description, radix: 16)
        else { return nil }
        rawValue = value
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(text) else { throw SchemaError.payload(kind: "feature set", reason: text) }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The inputs of a model for one instrument, made at the close of one candle.
public struct FeatureVector: Codable, Sendable, Hashable {
    public let instrument: Instrument
    /// The primary timeframe, whose candle has just closed.
    public let timeframe: Timeframe
    /// That candle's open time.
    public let openTime: UnixNanos
    /// Everything in ``values`` was knowable by then: the candle's close time.
    public let asOf: UnixNanos
    public let featureSet: FeatureSetID
    /// The candle's close, in quote currency.
    public let referencePrice: Double
    /// Realised volatility of the primary timeframe's closes, annualised, as a fraction (0.5 = 50 %).
    public let volatility: Double
    /// Shape `[features]`, in the feature set's order; `NaN` where a value does not exist yet.
    public let values: [Double]

    public init(
        instrument: Instrument, timeframe: Timeframe, openTime: UnixNanos, asOf: UnixNanos, featureSet: FeatureSetID,
        referencePrice: Double, volatility: Double, values: [Double]
    ) {
        self.instrument = instrument
        self.timeframe = timeframe
        self.openTime = openTime
        self.asOf = asOf
        self.featureSet = featureSet
        self.referencePrice = referencePrice
        self.volatility = volatility
        self.values = values
    }
}
