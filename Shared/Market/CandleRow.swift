public import Schema

/// A candle as a source gives it: not yet checked for anything but being numbers.
public struct CandleRow: Codable, Sendable, Hashable {
    /// The instrument's name as it came; it may be unknown to us.
    public let instrument: String
    public let timeframe: Timeframe
    /// The open time in Unix milliseconds, as exchanges print it.
    public let openMilliseconds: Int64
    /// Prices in quote currency.
    public let open: Double
    public let high: Double
    public let low: Double
    public let close: Double
    /// Traded amount in base currency.
    public let volume: Double
    public let source: Candle.Source

    public init(
        instrument: String, timeframe: Timeframe, openMilliseconds: Int64, open: Double, high: Double, low: Double,
        close: Double, volume: Double, source: Candle.Source
    ) {
        self.instrument = instrument
        self.timeframe = timeframe
        self.openMilliseconds = openMilliseconds
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.source = source
    }

    /// The row that a candle came from.
    public init(_ candle: Candle) {
        self.init(
            instrument: candle.instrument.name, timeframe: candle.timeframe,
            openMilliseconds: candle.openTime.milliseconds, open: candle.open, high: candle.high, low: candle.low,
            close: candle.close, volume: candle.volume, source: candle.source)
    }

    /// The open time; `nil` when it is before 1970 or does not fit into nanoseconds.
    public var openTime: UnixNanos? {
        // A candle's end must fit too, so the last day that does is left out.
        guard openMilliseconds >= 0, openMilliseconds <= Int64.max / 1_000_000 - 86_400_000 else { return nil }
        return UnixNanos(milliseconds: openMilliseconds)
    }
}

/// A line that is not a candle.
public struct MalformedRow: Codable, Sendable, Hashable {
    /// The instrument whose candles the file was to hold.
    public let instrument: String
    public let timeframe: Timeframe
    /// The line's number in its file, from 1 on.
    public let line: Int
    /// What is wrong with it, for a person.
    public let reason: String

    public init(instrument: String, timeframe: Timeframe, line: Int, reason: String) {
        self.instrument = instrument
        self.timeframe = timeframe
        self.line = line
        self.reason = reason
    }
}

/// One line of a file of candles.
public enum CandleRecord: Sendable, Hashable {
    case candle(CandleRow)
    case malformed(line: Int, reason: String)
}
