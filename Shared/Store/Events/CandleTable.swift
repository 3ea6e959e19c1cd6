internal import Schema

enum CandleTable: EventTable {
    static let table = Table(
        "candles", key: ["instrument", "timeframe", "open_time"],
        columns: [
            "instrument", "timeframe", "open_time", "open", "high", "low", "close", "volume", "source", "position",
        ])

    @inline(__always)
    static func write(_ candle: Candle, of event: Event, to writer: BinaryWriter) {
        write(candle, position: event.position, to: writer)
    }

    static func write(_ candle: Candle, position: FeedPosition, to writer: BinaryWriter) {
        writer.write(candle.instrument.name)
        writer.write(candle.timeframe.rawValue)
        writer.write(candle.openTime)
        writer.write(candle.open)
        writer.write(candle.high)
        writer.write(candle.low)
        writer.write(candle.close)
        writer.write(candle.volume)
        writer.write(candle.source.rawValue)
        writer.write(position)
    }

    static func read(_ row: Row) throws(StoreError) -> Message {
        let (instrument, openTime): (Instrument, UnixNanos) = (try row.instrument(), try row.value("open_time"))
        let timeframe: Timeframe = try row.name("timeframe")
        let source: Candle.Source = try row.name("source")
        let (open, high): (Double, Double) = (try row.value("open"), try row.value("high"))
        let (low, close): (Double, Double) = (try row.value("low"), try row.value("close"))
        let volume: Double = try row.value("volume")
        do throws(SchemaError) {
            return .candle(
                try Candle(
                    instrument: instrument, timeframe: timeframe, openTime: openTime, open: open, high: high, low: low,
                    close: close, volume: volume, source: source))
        } catch {
            throw .content(table: table.name, error)
        }
    }
}
