/// A value that breaks a rule of the schema.
public enum SchemaError: Error, Equatable, Sendable {
    /// Not `venue.BASE-QUOTE`.
    case instrument(String)
    /// Not a decimal number with at most twelve digits after the point.
    case decimal(String)
    /// A number that must be finite, or above zero, is not.
    case number(field: String, value: Double)
    /// The high is not the highest or the low not the lowest of a candle's prices.
    case ohlc(String)
    /// A time that does not fit its timeframe.
    case misaligned(openTime: UnixNanos, timeframe: Timeframe)
    /// A payload that is not what its envelope says.
    case payload(kind: String, reason: String)
    /// A message of a schema version that this build does not read.
    case version(kind: String, received: UInt16, understood: UInt16)
    /// A message kind that this build does not know.
    case kind(UInt16)
}

extension SchemaError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .instrument(let name): "instrument \"\(name.prefix(64))\" is not venue.BASE-QUOTE"
        case .decimal(let text): "\"\(text.prefix(64))\" is not a decimal number of at most 12 places"
        case .number(let field, let value): "\(field) must be a finite number above zero, not \(value)"
        case .ohlc(let detail): "candle's prices contradict each other: \(detail)"
        case .misaligned(let time, let timeframe): "\(time) is not the open time of a \(timeframe.rawValue) candle"
        case .payload(let kind, let reason): "payload is not a \(kind): \(reason)"
        case .version(let kind, let received, let understood):
            "\(kind) has schema version \(received), this build reads \(understood)"
        case .kind(let number): "message kind \(number) is unknown"
        }
    }
}
