public import Schema

/// What operators and services ask of the pipeline, until the ingestor gives it its place in the feed.
public struct ControlRequests {
    /// Notified of each request.
    public static let channel = "tidegate_control"

    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Asks for a change; asking again under the same id changes nothing.
    ///
    /// Its place among other requests is the moment of this call, and not that at which the caller's transaction began: who
    /// waited for another's move of an alias comes after it.
    ///
    /// - Returns: `false` when the request was known.
    /// - Throws: ``StoreError/conflict(table:key:)`` when another change was asked for under the same id.
    @discardableResult
    public func submit(_ control: Control) throws(StoreError) -> Bool {
        let payload = try payload(of: control)
        return try connection.transaction { () throws(StoreError) in
            let rows = try connection.run(
                """
                INSERT INTO control_requests (id, payload, requested_at)
                VALUES (\(control.id), \(payload), clock_timestamp())
                ON CONFLICT (id) DO NOTHING RETURNING id
                """)
            try connection.notify(Self.channel, control.id)
            guard rows.isEmpty else { return true }
            try checkPayload(control.id, payload)
            return false
        }
    }

    /// The requests that have no place in the feed yet, in the order in which they came.
    public func pending() throws(StoreError) -> [Control] {
        let rows = try connection.run(
            "SELECT payload FROM control_requests WHERE position IS NULL ORDER BY requested_at, id")
        var controls: [Control] = []
        for row in rows {
            let kind = Message.Kind.control
            let payload: [UInt8] = try row.value("payload")
            do throws(SchemaError) {
                let message = try Message(kind: kind.rawValue, version: kind.schemaVersion, payload: payload)
                if case .control(let control) = message { controls.append(control) }
            } catch {
                throw .content(table: "control_requests", error)
            }
        }
        return controls
    }

    /// Notes the place that a control event has in the feed, whether or not it began as a request.
    ///
    /// ``FeedLog/append(_:snapshot:)`` does it in the transaction that stores the event.
    ///
    /// - Throws: ``StoreError/conflict(table:key:)`` when it has another place, or is another change.
    public func place(_ control: Control, at position: FeedPosition) throws(StoreError) {
        let payload = try payload(of: control)
        let rows = try connection.run(
            """
            INSERT INTO control_requests (id, payload, position) VALUES (\(control.id), \(payload), \(position))
            ON CONFLICT (id) DO UPDATE SET position = coalesce(control_requests.position, excluded.position)
            RETURNING position, payload
            """)
        guard try rows[0].value("position") == position, try rows[0].value("payload") == payload else {
            throw .conflict(table: "control_requests", key: control.id)
        }
    }

    /// Where a request stands in the feed; `nil` while it is pending or unknown.
    public func position(of id: String) throws(StoreError) -> FeedPosition? {
        let rows = try connection.run("SELECT position FROM control_requests WHERE id = \(id)")
        return try rows.first?.optional(0)
    }

    private func checkPayload(_ id: String, _ payload: [UInt8]) throws(StoreError) {
        let rows = try connection.run("SELECT payload FROM control_requests WHERE id = \(id)")
        guard try rows.first?.value(0) == payload else { throw .conflict(table: "control_requests", key: id) }
    }

    private func payload(of control: Control) throws(StoreError) -> [UInt8] {
        do throws(SchemaError) {
            return try Message.control(control).payload()
        } catch {
            throw .content(table: "control_requests", error)
        }
    }
}
