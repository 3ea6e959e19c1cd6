/// The open, high, low and close of an instrument over one timeframe, with the volume traded.
public struct Candle: Codable, Sendable, Hashable {
    /// Where a candle came from.
    public enum Source: String, Codable, Sendable, CaseIterable {
        case exchange, file, synthetic
        /// Built by us from candles of a shorter timeframe.
        case aggregated
        /// Made or changed by a rule that the user turned on; `market.repair` names it.
        case repaired
    }

    public let instrument: Instrument
    public let timeframe: Timeframe
    /// The first moment that the candle covers; aligned to the timeframe, UTC.
    public let openTime: UnixNanos
    /// Prices in quote currency, as published.
    public let open: Double
    public let high: Double
    public let low: Double
    public let close: Double
    /// Traded amount in base currency; zero when nothing was traded.
    public let volume: Double
    public let source: Source

    /// The first moment after the candle, and the earliest at which it is known.
    public var closeTime: UnixNanos { openTime.advanced(by: timeframe.nanoseconds) }

    /// Creates a candle, or throws ``SchemaError`` when its prices contradict each other.
    public init(
        instrument: Instrument, timeframe: Timeframe, openTime: UnixNanos, open: Double, high: Double, low: Double,
        close: Double, volume: Double, source: Source = .exchange
    ) throws(SchemaError) {
        guard timeframe.openTime(containing: openTime) == openTime, openTime.rawValue > .min,
            openTime.rawValue <= .max - timeframe.nanoseconds
        else { throw .misaligned(openTime: openTime, timeframe: timeframe) }
        guard low > 0, low.isFinite else { throw .number(field: "low", value: low) }
        guard high.isFinite else { throw .number(field: "high", value: high) }
        guard volume >= 0, volume.isFinite else { throw .number(field: "volume", value: volume) }
        guard low <= open, low <= close, high >= open, high >= close else {
            throw .ohlc("open \(open) high \(high) low \(low) close \(close)")
        }
        self.instrument = instrument
        self.timeframe = timeframe
        self.openTime = openTime
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.source = source
    }
}
