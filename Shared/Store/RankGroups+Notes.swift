/// What was found under the key of a note.
public enum RankNote: Sendable, Equatable {
    case value([UInt8])
    case missing
    /// The group has ended, or a rank of it is lost: who is awaited will not come.
    case broken
}

extension RankGroups {
    /// Keeps `value` under `key` in a group, in place of an earlier one.
    public func setNote(_ key: String, _ value: [UInt8], in group: Int64) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO rank_notes (group_id, key, value) VALUES (\(group), \(key), \(value))
            ON CONFLICT (group_id, key) DO UPDATE SET value = excluded.value
            """)
    }

    /// What is kept under `key` in a group.
    public func note(_ key: String, in group: Int64) throws(StoreError) -> RankNote {
        let rows = try connection.run(
            """
            SELECT (SELECT value FROM rank_notes WHERE group_id = \(group) AND key = \(key)) FROM rank_groups
            WHERE id = \(group) AND NOT EXISTS (
                SELECT FROM rank_seats
                WHERE group_id = \(group) AND (error IS NOT NULL OR lease_until <= clock_timestamp()))
            """)
        guard let row = rows.first else { return .broken }
        let value: [UInt8]? = try row.optional(0)
        return value.map { .value($0) } ?? .missing
    }

    /// Adds `amount` to the number under `key` in a group, which is 0 at first.
    ///
    /// - Returns: The sum.
    public func addToNote(_ key: String, _ amount: Int64, in group: Int64) throws(StoreError) -> Int64 {
        let rows = try connection.run(
            """
            INSERT INTO rank_notes AS noted (group_id, key, number) VALUES (\(group), \(key), \(amount))
            ON CONFLICT (group_id, key) DO UPDATE SET number = coalesce(noted.number, 0) + excluded.number
            RETURNING number
            """)
        guard let row = rows.first else { throw .absent(table: "rank_groups", key: "\(group)") }
        return try row.value(0)
    }
}
