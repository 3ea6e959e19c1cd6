public import Schema

/// Writes what stages emit into the tables of their kinds, and reads it back.
public struct EventStore {
    /// What a save did.
    public struct Saved: Sendable, Equatable {
        /// Rows that were new; the others were there already, with equal content.
        public let inserted: Int
        /// Client ids of the orders that were new.
        public let newOrders: [String]
    }

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Writes the messages that have a table, all in one transaction, and the stage's snapshot with them.
    ///
    /// Features, controls and watermarks have none. Saving the same entries again changes nothing.
    ///
    /// - Throws: ``StoreError/conflict(table:key:)`` when a row is there already with other content; then nothing is
    ///   written.
    @discardableResult
    public func save(_ entries: [LogEntry], snapshot: Snapshot? = nil) throws(StoreError) -> Saved {
        let buffers = EventBuffers()
        for entry in entries { buffers.add(entry) }
        return try connection.transaction { () throws(StoreError) in
            var (inserted, newOrders) = (0, [String]())
            for buffer in buffers.inOrder {
                let isOrders = buffer.table == OrderTable.table
                let result = try connection.insert(buffer, returning: isOrders ? "client_id" : nil)
                inserted += result.inserted
                if isOrders { newOrders = result.returned }
            }
            if let snapshot { try SnapshotStore(connection).save(snapshot) }
            return Saved(inserted: inserted, newOrders: newOrders)
        }
    }

    /// Writes orders that are about to be sent.
    ///
    /// - Returns: The client ids that are new; the others were written by an earlier run, which may have sent them.
    public func saveOrders(_ orders: [LogEntry]) throws(StoreError) -> Set<String> { Set(try save(orders).newOrders) }

    /// The stored messages of one kind, by position.
    ///
    /// - Parameters:
    ///   - kind: A kind that has a table.
    ///   - after: The position before the first one.
    ///   - upTo: The last position; `nil` for all there are.
    ///   - limit: How many at most.
    /// - Returns: The messages, with the positions that caused them.
    /// - Throws: ``StoreError`` when the database refuses or is gone, or holds what the schema does not allow.
    public func events(
        _ kind: Message.Kind, after: FeedPosition = .start, upTo: FeedPosition? = nil, limit: Int = .max
    ) throws(StoreError) -> [Event] {
        let range = PositionRange(after: after, upTo: upTo, limit: limit)
        switch kind {
        case .candle: return try events(of: CandleTable.self, range)
        case .anomaly: return try events(of: AnomalyTable.self, range)
        case .prediction: return try events(of: PredictionTable.self, range)
        case .decision: return try events(of: DecisionTable.self, range)
        case .order: return try events(of: OrderTable.self, range)
        case .orderEvent: return try events(of: OrderEventTable.self, range)
        case .fill: return try events(of: FillTable.self, range)
        case .metric: return try events(of: MetricTable.self, range)
        case .account: return try accounts(range)
        case .control, .watermark, .features, .trade, .quote, .book, .side, .headline:
            preconditionFailure("\(kind) has no table")
        }
    }

    private struct PositionRange {
        let after: FeedPosition
        let upTo: FeedPosition?
        let limit: Int
    }

    private func events<Kind: EventTable>(of kind: Kind.Type, _ range: PositionRange) throws(StoreError) -> [Event] {
        let table = Kind.table
        let last = range.upTo ?? FeedPosition(UInt64(Int64.max))
        let query: Query = """
            SELECT * FROM \(name: table.name) WHERE position > \(range.after) AND position <= \(last)
            """
        let order = SQLText.names(["position"] + table.key.filter { $0 != "position" })
        let rows = try connection.run(query.followed(by: " ORDER BY \(order) LIMIT ", value: range.limit))
        var events: [Event] = []
        events.reserveCapacity(rows.count)
        let hasTrace = table.columns.contains("trace")
        for row in rows {
            events.append(
                Event(
                    position: try row.value("position"), trace: hasTrace ? try row.value("trace") : nil,
                    try Kind.read(row)))
        }
        return events
    }

    private func accounts(_ range: PositionRange) throws(StoreError) -> [Event] {
        let last = range.upTo ?? FeedPosition(UInt64(Int64.max))
        let rows = try connection.run(
            """
            SELECT * FROM accounts WHERE position > \(range.after) AND position <= \(last)
            ORDER BY position LIMIT \(range.limit)
            """)
        guard let first = rows.first, let end = rows.last else { return [] }
        let (from, to): (FeedPosition, FeedPosition) = (try first.value("position"), try end.value("position"))
        var positions: [FeedPosition: [Account.Position]] = [:]
        let open = try connection.run(
            "SELECT * FROM positions WHERE position >= \(from) AND position <= \(to) ORDER BY position, instrument")
        for row in open { positions[try row.value("position"), default: []].append(try PositionTable.read(row)) }
        var events: [Event] = []
        for row in rows {
            let position: FeedPosition = try row.value("position")
            events.append(
                Event(
                    position: position,
                    .account(
                        Account(
                            time: try row.value("time"), cash: try row.value("cash"), equity: try row.value("equity"),
                            positions: positions[position] ?? []))))
        }
        return events
    }
}
