internal import Pipeline
internal import Schema

/// What services tell of the messages that they take and give.
extension ServiceMetric {
    static let pipeline = [
        published, refusedMessages, refusedConnections, feedPosition, lastBatch, dataAge, batches, rowsWritten,
        ringFull, received, missing, recovered, recoveredBatches, dropped, duplicates, inboxBatches, inboxCapacity,
        missingPositions, lastHeard, latency, stageSeconds, unwritten, rewinds, snapshots, snapshotBytes,
    ]

    private static let input = Label("input", .inputs)

    // MARK: What a publisher gives

    public static let published = Self(
        "tidegate_messages_published_total", .counter, "Messages published, watermarks among them",
        labels: [Label("kind", oneOf: Message.Kind.allCases.map(\.stream))], by: .publishers)
    public static let refusedMessages = Self(
        "tidegate_messages_refused_total", .counter, "Messages and requests that could not be read", by: .publishers)
    public static let refusedConnections = Self(
        "tidegate_bus_refused_connections_total", .counter,
        "Attempts to connect that were refused for want of the right CURVE key", by: .publishers)
    public static let feedPosition = Self(
        "tidegate_feed_position", .gauge, "Last watermark of the feed that is done",
        by: .only([Topology.ingestor] + Topology.stages))
    public static let lastBatch = Self(
        "tidegate_last_batch_timestamp_seconds", .gauge,
        "When the last batch was done, in seconds since 1970; 0 before the first",
        by: .only([Topology.ingestor] + Topology.stages))
    public static let dataAge = Self(
        "tidegate_data_age_seconds", .gauge, "From the event time of the last watermark to now; years in a replay",
        by: .only([Topology.ingestor] + Topology.stages))
    public static let batches = Self(
        "tidegate_batches_total", .counter, "Batches done, those done again among them",
        by: .only([Topology.ingestor] + Topology.stages))
    public static let rowsWritten = Self(
        "tidegate_rows_written_total", .counter, "Events handed to the database",
        by: .only([Topology.ingestor] + Topology.stages))
    public static let ringFull = Self(
        "tidegate_ring_full", .gauge, "1 while the service waits for a consumer that is slow or away",
        by: .only([Topology.ingestor] + Topology.stages))

    // MARK: What a stage takes

    public static let received = Self(
        "tidegate_messages_received_total", .counter,
        "Messages taken from upstream as they were published, heartbeats among them",
        labels: [input], by: .stages)
    public static let missing = Self(
        "tidegate_messages_missing_total", .counter,
        "Messages that did not arrive as they were published, by the numbers of those that did; recovery brings them",
        labels: [input], by: .stages)
    public static let recovered = Self(
        "tidegate_messages_recovered_total", .counter, "Messages that came by recovery, those of a start among them",
        labels: [input], by: .stages)
    public static let recoveredBatches = Self(
        "tidegate_batches_recovered_total", .counter, "Batches that came by recovery", labels: [input], by: .stages)
    public static let dropped = Self(
        "tidegate_messages_dropped_total", .counter, "Messages dropped since the inbox was full; recovery brings them",
        labels: [input], by: .stages)
    public static let duplicates = Self(
        "tidegate_messages_duplicate_total", .counter, "Messages that came again", labels: [input], by: .stages)
    public static let inboxBatches = Self(
        "tidegate_inbox_batches", .gauge, "Batches that wait at an input", labels: [input], by: .stages)
    public static let inboxCapacity = Self(
        "tidegate_inbox_capacity_batches", .gauge, "Batches that may wait at an input", labels: [input], by: .stages)
    public static let missingPositions = Self(
        "tidegate_input_missing_positions", .gauge,
        "Feed positions that are known to exist upstream and have not arrived", labels: [input], by: .stages)
    public static let lastHeard = Self(
        "tidegate_input_silence_seconds", .gauge, "Since the last message or heartbeat of an input", labels: [input],
        by: .stages)
    public static let latency = Self(
        "tidegate_receive_latency_seconds", .histogram,
        "From sending a watermark to taking it, by the clocks of both machines", labels: [input], by: .stages)

    // MARK: What a stage does

    public static let stageSeconds = Self(
        "tidegate_stage_seconds", .histogram, "Time in which the stage made of a batch what follows from it",
        by: .stages)
    public static let unwritten = Self(
        "tidegate_unwritten_batches", .gauge, "Batches done whose rows wait to be written", by: .stages)
    public static let rewinds = Self(
        "tidegate_rewinds_total", .counter, "Times the stage went back to a snapshot for a consumer", by: .stages)
    public static let snapshots = Self("tidegate_snapshots_saved_total", .counter, "Snapshots saved", by: .stages)
    public static let snapshotBytes = Self(
        "tidegate_snapshot_bytes", .gauge, "Size of the last snapshot saved", by: .stages)
}
