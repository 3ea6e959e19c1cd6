internal import Schema

/// An anomaly has no identity but its place in the feed, so its rows are written with the log entry's ordinal.
enum AnomalyTable: EventTable {
    static let table = Table(
        "anomalies", key: ["position", "ordinal"],
        columns: ["position", "kind", "instrument", "timeframe", "time", "count", "detail", "ordinal"])

    /// Writes all fields but the last, the ordinal.
    static func write(_ anomaly: Anomaly, of event: Event, to writer: BinaryWriter) {
        writer.write(event.position)
        writer.write(anomaly.kind.rawValue)
        writer.write(anomaly.instrument)
        writer.write(anomaly.timeframe.rawValue)
        writer.write(anomaly.time)
        writer.write(Int32(clamping: anomaly.count))
        writer.write(anomaly.detail)
    }

    static func read(_ row: Row) throws(StoreError) -> Message {
        .anomaly(
            Anomaly(
                kind: try row.name("kind"), instrument: try row.value("instrument"),
                timeframe: try row.name("timeframe"), time: try row.value("time"), count: try row.value("count"),
                detail: try row.value("detail")))
    }
}
