public import Schema

/// Reads and writes time series about models and the pipeline.
public struct MetricStore {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Writes values that one feed event caused; writing them again changes nothing.
    ///
    /// - Throws: ``StoreError/conflict(table:key:)`` when another value is there for the same moment.
    public func save(_ metrics: [Metric], position: FeedPosition) throws(StoreError) {
        let rows = RowBuffer(MetricTable.table)
        for metric in metrics {
            rows.add { MetricTable.write(metric, of: Event(position: position, .metric(metric)), to: $0) }
        }
        try connection.transaction { () throws(StoreError) in _ = try connection.insert(rows) }
    }

    /// One series, by time.
    public func series(_ name: String, label: String, in range: Range<UnixNanos>) throws(StoreError) -> [Metric] {
        let rows = try connection.run(
            """
            SELECT name, label, time, value FROM metrics WHERE name = \(name) AND label = \(label)
            AND time >= \(range.lowerBound) AND time < \(range.upperBound) ORDER BY time
            """)
        return try metrics(rows)
    }

    /// The last value of every series, by name and label.
    public func latest() throws(StoreError) -> [Metric] {
        try metrics(
            connection.run(
                """
                SELECT DISTINCT ON (name, label) name, label, time, value FROM metrics
                ORDER BY name, label, time DESC
                """))
    }

    private func metrics(_ rows: Rows) throws(StoreError) -> [Metric] {
        var metrics: [Metric] = []
        metrics.reserveCapacity(rows.count)
        for row in rows { metrics.append(try MetricTable.metric(row)) }
        return metrics
    }
}
