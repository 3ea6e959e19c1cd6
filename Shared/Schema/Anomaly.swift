/// Something that the feed found wrong with its input: stored and counted, never silently repaired.
public struct Anomaly: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// A candle that the feed already has, with the same or other values; dropped.
        case duplicate
        /// A candle older than one already in the feed; dropped.
        case outOfOrder
        /// Candles that should lie between two received ones and do not.
        case gap
        /// A row whose prices contradict each other; dropped.
        case ohlcViolation
        /// A candle without trades; kept.
        case zeroVolume
        /// A candle that came after its watermark; dropped.
        case late
        /// A row of an instrument that the feed was not asked for; dropped.
        case unknownInstrument
        /// A row that cannot be read; dropped.
        case malformed
        /// A close far out of what came before; kept, unless the rules of repair say otherwise.
        case outlier
        /// A candle that a rule of repair made or changed; its source says so too.
        case repaired
    }

    public let kind: Kind
    /// The instrument's name as it came; it may be unknown to us.
    public let instrument: String
    public let timeframe: Timeframe
    /// The open time of the candle concerned, or of the first one missing.
    public let time: UnixNanos
    /// Candles concerned, for example how many are missing.
    public let count: Int
    /// What was seen, for a person.
    public let detail: String

    public init(kind: Kind, instrument: String, timeframe: Timeframe, time: UnixNanos, count: Int = 1, detail: String) {
        self.kind = kind
        self.instrument = instrument
        self.timeframe = timeframe
        self.time = time
        self.count = count
        self.detail = detail
    }
}
