internal import Schema

enum MetricTable: EventTable {
    static let table = Table(
        "metrics", key: ["name", "label", "time"], columns: ["name", "label", "time", "value", "position"])

    static func write(_ metric: Metric, of event: Event, to writer: BinaryWriter) {
        writer.write(metric.name)
        writer.write(metric.label)
        writer.write(metric.time)
        writer.write(metric.value)
        writer.write(event.position)
    }

    static func read(_ row: Row) throws(StoreError) -> Message { .metric(try metric(row)) }

    static func metric(_ row: Row) throws(StoreError) -> Metric {
        Metric(
            name: try row.value("name"), label: try row.value("label"), time: try row.value("time"),
            value: try row.value("value"))
    }
}
