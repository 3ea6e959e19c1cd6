public import Schema

/// Candles of one instrument and timeframe as columns, one array a number: for work over whole series.
///
/// Rows are valid candles, each later than the one before; there may be holes.
public struct CandleColumns: Sendable, Equatable {
    public let instrument: Instrument
    public let timeframe: Timeframe
    /// Where all of them came from.
    public let source: Candle.Source
    public private(set) var openTimes: [UnixNanos] = []
    /// Prices in quote currency.
    public private(set) var open: [Double] = []
    public private(set) var high: [Double] = []
    public private(set) var low: [Double] = []
    public private(set) var close: [Double] = []
    /// In base currency.
    public private(set) var volume: [Double] = []

    /// No candles yet.
    public init(instrument: Instrument, timeframe: Timeframe, source: Candle.Source = .file) {
        (self.instrument, self.timeframe, self.source) = (instrument, timeframe, source)
    }

    public var count: Int { openTimes.count }
    public var isEmpty: Bool { openTimes.isEmpty }

    /// The row as a candle.
    public subscript(row: Int) -> Candle {
        do {
            return try Candle(
                instrument: instrument, timeframe: timeframe, openTime: openTimes[row], open: open[row],
                high: high[row], low: low[row], close: close[row], volume: volume[row], source: source)
        } catch {
            preconditionFailure("rows were valid candles when they were appended: \(error)")
        }
    }

    /// Adds a candle of this instrument, timeframe and source, later than all before.
    public mutating func append(_ candle: Candle) {
        precondition(
            candle.source == source, "a candle from \(candle.source.rawValue) among those from \(source.rawValue)")
        append(valuesOf: candle)
    }

    /// Adds what a candle says of this instrument and timeframe, wherever it came from; later than all before.
    public mutating func append(valuesOf candle: Candle) {
        precondition(
            candle.instrument == instrument && candle.timeframe == timeframe,
            "\(candle.timeframe.rawValue) of \(candle.instrument) among \(timeframe.rawValue) of \(instrument)")
        precondition(openTimes.last.map { $0 < candle.openTime } ?? true, "candles must come in the order of time")
        append(
            openTime: candle.openTime, open: candle.open, high: candle.high, low: candle.low, close: candle.close,
            volume: candle.volume)
    }

    /// Adds a row that its maker knows to be valid and later than all before.
    @inline(__always)
    mutating func append(
        openTime: UnixNanos, open: Double, high: Double, low: Double, close: Double, volume: Double
    ) {
        openTimes.append(openTime)
        self.open.append(open)
        self.high.append(high)
        self.low.append(low)
        self.close.append(close)
        self.volume.append(volume)
    }

    /// Makes room for so many rows in all.
    public mutating func reserveCapacity(_ rows: Int) {
        openTimes.reserveCapacity(rows)
        open.reserveCapacity(rows)
        high.reserveCapacity(rows)
        low.reserveCapacity(rows)
        close.reserveCapacity(rows)
        volume.reserveCapacity(rows)
    }
}
