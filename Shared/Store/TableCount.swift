/// How many rows a table has.
public struct TableCount {
    private let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    public func rows(of table: String) throws(StoreError) -> Int64 {
        try connection.run(Query(trusted: "SELECT count(*) FROM \(SQLText.name(table))"))[0].value(0)
    }
}
