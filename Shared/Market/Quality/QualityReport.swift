public import Schema

/// What was found in a series of candles.
public struct QualityReport: Sendable, Equatable {
    /// Candles that should lie between two others and do not.
    public struct Gap: Sendable, Equatable {
        /// The open time of the first one missing.
        public let from: UnixNanos
        /// The open time of the first one that is there again.
        public let to: UnixNanos
        public let missing: Int
    }

    /// An outlier and where it is.
    public struct Outlier: Sendable, Equatable {
        public let openTime: UnixNanos
        public let finding: OutlierDetector.Finding
    }

    /// A row that is no candle.
    public struct Malformed: Sendable, Equatable {
        /// The line's number in its file, from 1 on.
        public let line: Int
        public let reason: String
    }

    /// Lines that were read, but for empty ones and the header.
    public internal(set) var rows = 0
    /// Open times of the first and the last valid candle.
    public internal(set) var first: UnixNanos?
    public internal(set) var last: UnixNanos?
    /// Rows whose candle was there already.
    public internal(set) var duplicates = 0
    /// Rows older than one before them.
    public internal(set) var outOfOrder = 0
    public internal(set) var gaps: [Gap] = []
    /// Open times of candles without trades.
    public internal(set) var zeroVolume: [UnixNanos] = []
    /// Open times of rows whose prices contradict each other.
    public internal(set) var ohlcViolations: [UnixNanos] = []
    public internal(set) var outliers: [Outlier] = []
    /// Rows that are no candle, in the order of the file.
    public internal(set) var malformed: [Malformed] = []

    /// Candles that are missing in all gaps.
    public var missing: Int { gaps.reduce(0) { $0 + $1.missing } }

    /// Rows that are valid candles, each later than those before.
    public var accepted: Int { rows - duplicates - outOfOrder - ohlcViolations.count - malformed.count }

    /// Whether nothing was found at all.
    public var isClean: Bool {
        duplicates + outOfOrder + gaps.count + zeroVolume.count + ohlcViolations.count + outliers.count
            + malformed.count == 0
    }
}
