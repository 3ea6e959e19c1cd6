public import Schema

/// Candles that come from files and not through a feed stand at ``FeedPosition/start``, before every feed.
extension CandleStore {
    /// What became of candles that were added.
    public struct Added: Sendable, Equatable {
        public var new = 0
        /// There already, with the same numbers.
        public var present = 0
        /// There already with other numbers, which were kept.
        public var different = 0

        public init() {}

        public static func += (sum: inout Self, other: Self) {
            sum.new += other.new
            sum.present += other.present
            sum.different += other.different
        }
    }

    /// Whether candles of an instrument and timeframe came through a feed, which then is who writes them.
    public func isFed(_ instrument: Instrument, _ timeframe: Timeframe) throws(StoreError) -> Bool {
        try connection.run(
            """
            SELECT EXISTS (SELECT 1 FROM candles WHERE instrument = \(instrument.name)
            AND timeframe = \(timeframe.rawValue) AND position > \(FeedPosition.start))
            """)[0].value(0)
    }

    /// Writes candles in one transaction; those that are there stay as they are, so adding them again changes nothing.
    ///
    /// No two of `candles` are of the same instrument, timeframe and open time.
    @discardableResult
    public func add(_ candles: some Sequence<Candle>) throws(StoreError) -> Added {
        let rows = RowBuffer(CandleTable.table)
        for candle in candles { rows.add { CandleTable.write(candle, position: .start, to: $0) } }
        guard rows.count > 0 else { return Added() }
        return try connection.transaction { () throws(StoreError) in
            let staging = try connection.stage(rows)
            var added = Added()
            added.new =
                try connection.run(
                    """
                    INSERT INTO candles (\(columns: CandleTable.table.columns))
                    SELECT \(columns: CandleTable.table.columns) FROM \(name: staging) ON CONFLICT DO NOTHING
                    """
                ).affected
            let others: Int64 = try connection.run(
                """
                SELECT count(*) FROM \(name: staging) AS given JOIN candles AS stored USING (instrument, timeframe, open_time)
                WHERE (given.open, given.high, given.low, given.close, given.volume)
                IS DISTINCT FROM (stored.open, stored.high, stored.low, stored.close, stored.volume)
                """)[0].value(0)
            added.different = Int(others)
            added.present = rows.count - added.new - added.different
            return added
        }
    }
}
