public import Schema

/// Says which candles are stored.
public struct CandleInventory {
    /// The candles of one instrument and timeframe.
    public struct Series: Sendable, Equatable {
        public let instrument: Instrument
        public let timeframe: Timeframe
        public let rows: Int
        /// Open times.
        public let first: UnixNanos
        public let last: UnixNanos
        /// Holes between two of them.
        public let gaps: Int
        /// Candles without trades.
        public let zeroVolume: Int
        /// Candles that a rule of repair made or changed.
        public let repaired: Int

        /// Candles that lie in the gaps.
        public var missing: Int {
            Int((last.rawValue - first.rawValue) / timeframe.nanoseconds) + 1 - rows
        }
    }

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Every series, by instrument and then by timeframe; reads the whole table, so not for every second.
    public func series() throws(StoreError) -> [Series] {
        let steps = Timeframe.allCases.map { "WHEN '\($0.rawValue)' THEN interval '\($0.minutes) minutes'" }
        let rows = try connection.run(
            Query(
                trusted: """
                    SELECT instrument, timeframe, count(*) AS rows, min(open_time) AS first, max(open_time) AS last,
                    count(*) FILTER (WHERE next > open_time + CASE timeframe \(steps.joined(separator: " ")) END) AS gaps,
                    count(*) FILTER (WHERE volume = 0) AS zero_volume,
                    count(*) FILTER (WHERE source = 'repaired') AS repaired
                    FROM (SELECT *, lead(open_time) OVER (PARTITION BY instrument, timeframe ORDER BY open_time) AS next
                    FROM candles) AS followed GROUP BY instrument, timeframe
                    """))
        var series: [Series] = []
        for row in rows {
            series.append(
                Series(
                    instrument: try row.instrument(), timeframe: try row.name("timeframe"),
                    rows: try row.value("rows"), first: try row.value("first"), last: try row.value("last"),
                    gaps: try row.value("gaps"), zeroVolume: try row.value("zero_volume"),
                    repaired: try row.value("repaired")))
        }
        return series.sorted { ($0.instrument, $0.timeframe) < ($1.instrument, $1.timeframe) }
    }

    /// The series of which candles came through a feed, not by an import alone; in no order.
    public func fed() throws(StoreError) -> [(instrument: Instrument, timeframe: Timeframe)] {
        var series: [(Instrument, Timeframe)] = []
        for row in try connection.run(
            "SELECT DISTINCT instrument, timeframe FROM candles WHERE position > \(FeedPosition.start)")
        {
            series.append((try row.instrument(), try row.name("timeframe")))
        }
        return series
    }
}
