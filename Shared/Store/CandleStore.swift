public import Schema

/// Reads stored candles, in bulk and in order.
public struct CandleStore {
    let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// The candles of one instrument and timeframe that open in `range`, by open time.
    ///
    /// Candles that close after `closedBy` are left out, so that a reader at that moment never sees its future.
    public func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, openIn range: Range<UnixNanos>, closedBy: UnixNanos? = nil
    ) throws(StoreError) -> [Candle] {
        var end = range.upperBound
        if let closedBy { end = min(end, closedBy.advanced(by: 1 - timeframe.nanoseconds)) }
        guard range.lowerBound < end else { return [] }
        var (candles, failure): ([Candle], SchemaError?) = ([], nil)
        try connection.copyOut(
            """
            SELECT open_time, open, high, low, close, volume, source FROM candles
            WHERE instrument = \(SQLText.literal(instrument.name)) AND timeframe = \(SQLText.literal(timeframe.rawValue))
            AND open_time >= \(SQLText.moment(range.lowerBound)) AND open_time < \(SQLText.moment(end))
            ORDER BY open_time
            """,
            types: [.timestamptz, .float8, .float8, .float8, .float8, .float8, .text]
        ) { (row) throws(StoreError) in
            let name: String = try row.value(6)
            guard let source = Candle.Source(rawValue: name) else {
                throw .value(column: "source", reason: "\(name.prefix(64)) is no source")
            }
            let (openTime, open, high): (UnixNanos, Double, Double) = (
                try row.value(0), try row.value(1), try row.value(2)
            )
            let (low, close, volume): (Double, Double, Double) = (
                try row.value(3), try row.value(4), try row.value(5)
            )
            do throws(SchemaError) {
                candles.append(
                    try Candle(
                        instrument: instrument, timeframe: timeframe, openTime: openTime, open: open, high: high,
                        low: low, close: close, volume: volume, source: source))
            } catch {
                failure = error
            }
        }
        if let failure { throw .content(table: "candles", failure) }
        return candles
    }

    /// The last `count` candles that had closed by `at`, by open time.
    public func last(
        _ count: Int, _ instrument: Instrument, _ timeframe: Timeframe, at: UnixNanos
    ) throws(StoreError) -> [Candle] {
        let rows = try connection.run(
            """
            SELECT * FROM candles WHERE instrument = \(instrument.name) AND timeframe = \(timeframe.rawValue)
            AND open_time <= \(at.advanced(by: -timeframe.nanoseconds)) ORDER BY open_time DESC LIMIT \(count)
            """)
        var candles: [Candle] = []
        for row in rows.reversed() {
            if case .candle(let candle) = try CandleTable.read(row) { candles.append(candle) }
        }
        return candles
    }

    /// The open times of the first and the last candle; `nil` where there is none.
    public func span(_ instrument: Instrument, _ timeframe: Timeframe) throws(StoreError) -> ClosedRange<UnixNanos>? {
        let rows = try connection.run(
            """
            SELECT min(open_time), max(open_time) FROM candles
            WHERE instrument = \(instrument.name) AND timeframe = \(timeframe.rawValue)
            """)
        guard let first: UnixNanos = try rows[0].optional(0), let last: UnixNanos = try rows[0].optional(1) else {
            return nil
        }
        return first...last
    }

    /// Writes candles by plain COPY, at the highest rate: for filling an empty table from a recording.
    ///
    /// - Throws: ``StoreError/refused(sqlState:message:)`` with state `23505` when one of them is there already; then
    ///   none is written.
    @discardableResult
    public func copy(_ candles: some Sequence<(candle: Candle, position: FeedPosition)>) throws(StoreError) -> Int {
        try connection.copyIn(CandleTable.table.name, columns: CandleTable.table.columns, rows: candles) {
            row, writer in
            CandleTable.write(row.candle, position: row.position, to: writer.writer)
        }
    }
}

extension SQLText {
    /// A moment, to the microsecond, rounded up: for comparisons with stored moments.
    static func moment(_ moment: UnixNanos) -> String {
        let micros = moment.rawValue / 1000 + (moment.rawValue % 1000 > 0 ? 1 : 0)
        return "timestamptz '\(UnixNanos(min(micros, Int64.max / 1000) * 1000))'"
    }
}
