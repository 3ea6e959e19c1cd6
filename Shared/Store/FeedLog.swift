public import Schema

/// The stored feed: every batch that the ingestor has emitted, in order.
public struct FeedLog {
    static let table = Table(
        "feed_log", key: ["position"],
        columns: [
            "position", "batch", "kind", "version", "topic", "trace", "sequence", "ordinal", "event_time", "payload",
        ])

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Stores batches before they are published: the log itself, their candles and anomalies, the positions of their
    /// control events, and the ingestor's snapshot, in one transaction.
    ///
    /// Storing the same batches again changes nothing. Not to be called in a transaction of the caller's.
    ///
    /// - Throws: ``StoreError/fenced`` when other events stand at these positions, written by another ingestor;
    ///   ``StoreError/gap(after:expected:)`` when the first batch does not follow the last one stored.
    public func append(_ batches: [LogBatch], snapshot: Snapshot? = nil) throws(StoreError) {
        guard let first = batches.first else { return }
        let log = try encode(batches)
        do throws(StoreError) {
            try connection.transaction { () throws(StoreError) in
                let last = try lastPosition()
                guard last == .start || last == first.watermark.previous else {
                    throw last < first.watermark.previous
                        ? .gap(after: first.watermark.previous, expected: last) : StoreError.fenced
                }
                _ = try connection.copyIn(Self.table.name, columns: Self.table.columns, from: log.writer)
                try store(batches.flatMap(\.entries))
                if let snapshot { try SnapshotStore(connection).save(snapshot) }
            }
        } catch {
            // Either another ingestor was here, or we were, and the answer got lost.
            guard error == .fenced || error.sqlState == "23505" else { throw error }
            try checkPresent(log)
        }
    }

    private func store(_ entries: [LogEntry]) throws(StoreError) {
        try EventStore(connection).save(entries)
        for entry in entries {
            guard case .control(let control) = entry.event.message else { continue }
            try ControlRequests(connection).place(control, at: entry.event.position)
        }
    }

    /// The batches that follow the watermark at `after`, in order, at most `limit` of them.
    public func batches(after: FeedPosition, limit: Int) throws(StoreError) -> [LogBatch] {
        let rows = try connection.run(
            """
            SELECT position, batch, kind, version, trace, sequence, ordinal, payload FROM feed_log
            WHERE position > \(after) AND position <= (
                SELECT max(batch) FROM (
                    SELECT batch FROM feed_log WHERE position = batch AND batch > \(after) ORDER BY batch LIMIT \(limit)
                ) AS wanted)
            ORDER BY position
            """)
        var (batches, entries): ([LogBatch], [LogEntry]) = ([], [])
        for row in rows {
            let position: FeedPosition = try row.value("position")
            let message = try message(row)
            let sequence = UInt64(bitPattern: try row.value("sequence", as: Int64.self))
            if case .watermark(let watermark) = message {
                batches.append(LogBatch(entries: entries, watermark: watermark, number: sequence))
                entries = []
                continue
            }
            let ordinal = try row.value("ordinal", as: Int.self)
            guard ordinal == entries.count else {
                throw .value(column: "ordinal", reason: "\(ordinal) at position \(position), not \(entries.count)")
            }
            entries.append(
                LogEntry(
                    event: Event(position: position, trace: try row.value("trace"), message), sequence: sequence,
                    ordinal: UInt32(ordinal)))
        }
        return batches
    }

    /// The last watermark and its batch's number; `nil` while the log is empty.
    public func head() throws(StoreError) -> (watermark: Watermark, number: UInt64)? {
        let rows = try connection.run(
            """
            SELECT kind, version, sequence, payload FROM feed_log
            WHERE position = batch ORDER BY batch DESC LIMIT 1
            """)
        guard let row = rows.first else { return nil }
        guard case .watermark(let watermark) = try message(row) else {
            throw .value(column: "kind", reason: "no watermark at the end of the last batch")
        }
        return (watermark, UInt64(bitPattern: try row.value("sequence", as: Int64.self)))
    }

    private func lastPosition() throws(StoreError) -> FeedPosition {
        let rows = try connection.run("SELECT position FROM feed_log ORDER BY position DESC LIMIT 1")
        return try rows.first?.value(0) ?? .start
    }

    func message(_ row: Row) throws(StoreError) -> Message {
        let kind: Int16 = try row.value("kind")
        let version: Int16 = try row.value("version")
        let payload: [UInt8] = try row.value("payload")
        do throws(SchemaError) {
            return try Message(
                kind: UInt16(truncatingIfNeeded: kind), version: UInt16(truncatingIfNeeded: version), payload: payload)
        } catch {
            throw .content(table: Self.table.name, error)
        }
    }

    private func encode(_ batches: [LogBatch]) throws(StoreError) -> RowBuffer {
        let log = RowBuffer(Self.table)
        for batch in batches {
            for entry in batch.entries {
                let event = entry.event
                try log.add(
                    event, batch: batch.watermark.position, sequence: entry.sequence, ordinal: entry.ordinal)
            }
            let end = Event(position: batch.watermark.position, .watermark(batch.watermark))
            try log.add(
                end, batch: end.position, sequence: batch.number, ordinal: UInt32(clamping: batch.entries.count))
        }
        return log
    }

    /// Throws ``StoreError/fenced`` unless exactly these rows are in the log.
    private func checkPresent(_ log: RowBuffer) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            let staging = try connection.stage(log)
            let columns = Self.table.columns
            let missing = try connection.run(
                Query(
                    trusted: """
                        SELECT EXISTS (
                            SELECT FROM \(SQLText.name(staging)) AS given LEFT JOIN feed_log AS stored USING (position)
                            WHERE \(Table.record(columns, of: "given")) *<> \(Table.record(columns, of: "stored")))
                        """))
            if try missing[0].value(0) { throw .fenced }
        }
    }
}

extension RowBuffer {
    fileprivate func add(
        _ event: Event, batch: FeedPosition, sequence: UInt64, ordinal: UInt32
    ) throws(StoreError) {
        let payload: [UInt8]
        do throws(SchemaError) {
            payload = try event.message.payload()
        } catch {
            throw .content(table: table.name, error)
        }
        add { writer in
            writer.write(event.position)
            writer.write(batch)
            writer.write(Int16(truncatingIfNeeded: Int(event.message.kind.rawValue)))
            writer.write(Int16(truncatingIfNeeded: Int(event.message.kind.schemaVersion)))
            writer.write(event.message.topic.description)
            writer.write(event.trace)
            writer.write(Int64(bitPattern: sequence))
            writer.write(Int32(clamping: ordinal))
            writer.write(event.message.eventTime)
            writer.write(payload)
        }
    }
}
