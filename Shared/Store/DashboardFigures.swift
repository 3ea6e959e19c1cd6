public import Schema

/// The figures by which a trader judges a model, each beside what one would have had without it.
extension DashboardQueries {
    /// How the champion's last calls came out.
    public struct Calls: Sendable, Equatable {
        /// Calls whose outcome is known; a probability of one half is none.
        public let judged: Int
        public let correct: Int
        /// How often the price rose: saying "up" always would have been right so often.
        public let rises: Int
    }

    /// The last `limit` calls of champions, among them those whose outcome is not known yet.
    public func championCalls(limit: Int) throws(StoreError) -> Calls {
        let rows = try connection.run(
            """
            SELECT count(*) AS judged,
                count(*) FILTER (WHERE (c.close > p.reference_price) = (p.probability > 0.5)) AS correct,
                count(*) FILTER (WHERE c.close > p.reference_price) AS rises
            FROM (SELECT * FROM predictions WHERE role = 'champion' AND probability <> 0.5
                ORDER BY position DESC LIMIT \(limit)) AS p
            JOIN candles AS c
                ON c.instrument = p.instrument AND c.timeframe = p.timeframe AND c.open_time = p.as_of
            """)
        let row = rows[0]
        return Calls(
            judged: try row.value("judged"), correct: try row.value("correct"), rises: try row.value("rises"))
    }

    /// What holding equal parts of the instruments would have gained since the first prediction.
    public struct Holding: Sendable, Equatable {
        public let since: UnixNanos
        /// As a fraction of what was put in; without fees.
        public let gain: Double
    }

    /// The gain of buy and hold, by the closes of the timeframe that is predicted; `nil` before the first prediction.
    public func holding(_ instruments: [String]) throws(StoreError) -> Holding? {
        let rows = try connection.run(
            """
            SELECT p.since, avg(latest.close / first.close - 1) AS gain
            FROM (SELECT as_of AS since, timeframe FROM predictions ORDER BY position LIMIT 1) AS p
            CROSS JOIN unnest(\(instruments)) AS i(instrument)
            CROSS JOIN LATERAL (SELECT close FROM candles WHERE instrument = i.instrument
                AND timeframe = p.timeframe AND open_time >= p.since ORDER BY open_time LIMIT 1) AS first
            CROSS JOIN LATERAL (SELECT close FROM candles WHERE instrument = i.instrument
                AND timeframe = p.timeframe ORDER BY open_time DESC LIMIT 1) AS latest
            GROUP BY p.since
            """)
        guard let row = rows.first, let gain: Double = try row.optional("gain") else { return nil }
        return Holding(since: try row.value("since"), gain: gain)
    }
}
