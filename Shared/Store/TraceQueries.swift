public import Schema

/// One step on the way from a feed event to an account.
public struct TraceStep: Sendable, Equatable {
    public let position: FeedPosition
    public let message: Message
    /// When the transaction that first wrote the row began, by the database's clock; doing the work again after a crash
    /// does not move it.
    public let storedAt: UnixNanos
}

/// Follows what came of a feed event through the tables.
public struct TraceQueries {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    // MARK: Where a chain begins

    /// The feed event that began the chain of whatever is called `id`: a decision, an order or a fill by its id, a candle
    /// as `instrument/timeframe/open time`, a prediction with its model before that, or a position of the feed.
    ///
    /// - Returns: `nil` when nothing is called so.
    public func origin(of id: String) throws(StoreError) -> FeedPosition? {
        if let number = UInt64(id), number > 0, number <= UInt64(Int64.max) {
            return try first(in: "SELECT position FROM feed_log WHERE position = \(FeedPosition(number))")
        }
        if let known = try first(
            in: """
                SELECT trace FROM decisions WHERE id = \(id) UNION ALL SELECT trace FROM orders WHERE client_id = \(id)
                UNION ALL SELECT trace FROM fills WHERE id = \(id) LIMIT 1
                """)
        {
            return known
        }
        let parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 || parts.count == 4, let time = UnixNanos(iso8601: parts[parts.count - 1]) else {
            return nil
        }
        let (instrument, timeframe) = (parts[parts.count - 3], parts[parts.count - 2])
        guard parts.count == 4 else {
            return try first(
                in: """
                    SELECT position FROM candles
                    WHERE instrument = \(instrument) AND timeframe = \(timeframe) AND open_time = \(time)
                    """)
        }
        return try first(
            in: """
                SELECT trace FROM predictions WHERE model = \(parts[0]) AND instrument = \(instrument)
                AND timeframe = \(timeframe) AND open_time = \(time)
                """)
    }

    private func first(in query: Query) throws(StoreError) -> FeedPosition? {
        try connection.run(query).first?.value(0)
    }

    // MARK: The chain

    /// The steps in the order in which they follow from one another: the feed event and the watermark that ended its batch,
    /// predictions, decisions, orders, what the venue said of them and the fills, and the account after the last of these.
    ///
    /// Reads by position and by order, never whole tables.
    ///
    /// - Returns: Nothing when the feed has no such position.
    public func chain(from origin: FeedPosition) throws(StoreError) -> [TraceStep] {
        var steps = try feedSteps(origin)
        guard let end = steps.last?.position else { return [] }
        for (table, read) in [
            (PredictionTable.table, PredictionTable.read), (DecisionTable.table, DecisionTable.read),
            (OrderTable.table, OrderTable.read),
        ] as [(Table, (Row) throws(StoreError) -> Message)] {
            let rows = try connection.run(
                """
                SELECT * FROM \(name: table.name) WHERE position >= \(origin) AND position <= \(end) AND trace = \(origin)
                ORDER BY position, \(columns: table.key)
                """)
            for row in rows { steps.append(try step(row, read)) }
        }
        let orders = steps.compactMap { step in
            if case .order(let order) = step.message { order.clientID } else { nil }
        }
        guard !orders.isEmpty else { return steps }
        steps += try outcomes(of: orders)
        if let last = steps.last, let account = try account(atOrAfter: last.position) { steps.append(account) }
        return steps
    }

    private func feedSteps(_ origin: FeedPosition) throws(StoreError) -> [TraceStep] {
        let rows = try connection.run(
            """
            SELECT position, kind, version, payload, stored_at FROM feed_log WHERE position = \(origin)
            UNION SELECT position, kind, version, payload, stored_at FROM feed_log
            WHERE position = (SELECT batch FROM feed_log WHERE position = \(origin)) ORDER BY position
            """)
        let log = FeedLog(connection)
        var steps: [TraceStep] = []
        for row in rows { steps.append(try step(row, log.message)) }
        return steps
    }

    /// Steps of the orders' lives and fills, as they followed; what a fill led to stands after it.
    private func outcomes(of orders: [String]) throws(StoreError) -> [TraceStep] {
        var steps: [TraceStep] = []
        for row in try connection.run("SELECT * FROM order_events WHERE client_id = ANY(\(orders)) ORDER BY number") {
            steps.append(try step(row, OrderEventTable.read))
        }
        for row in try connection.run("SELECT * FROM fills WHERE client_id = ANY(\(orders)) ORDER BY position, id") {
            steps.append(try step(row, FillTable.read))
        }
        return steps.enumerated().sorted {
            ($0.element.position, $0.element.rank, $0.offset)
                < ($1.element.position, $1.element.rank, $1.offset)
        }.map(\.element)
    }

    private func account(atOrAfter position: FeedPosition) throws(StoreError) -> TraceStep? {
        let rows = try connection.run(
            "SELECT position, stored_at FROM accounts WHERE position >= \(position) ORDER BY position LIMIT 1")
        guard let row = rows.first else { return nil }
        let found: FeedPosition = try row.value("position")
        let event = try EventStore(connection).events(
            .account, after: FeedPosition(found.rawValue - 1), upTo: found, limit: 1
        ).first
        guard let event else { return nil }
        return TraceStep(position: found, message: event.message, storedAt: try row.value("stored_at"))
    }

    private func step(_ row: Row, _ read: (Row) throws(StoreError) -> Message) throws(StoreError) -> TraceStep {
        TraceStep(position: try row.value("position"), message: try read(row), storedAt: try row.value("stored_at"))
    }
}

extension TraceStep {
    /// Where it stands among steps of one position: an order is accepted, then filled, and then is done.
    fileprivate var rank: Int {
        switch message {
        case .orderEvent(let event) where event.state == .accepted: 0
        case .fill: 1
        default: 2
        }
    }
}
