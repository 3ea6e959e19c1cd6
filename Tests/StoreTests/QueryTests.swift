import Schema
import Store
import Testing

@Suite("Query") struct QueryTests {
    @Test("Interpolated values become numbered parameters, names become quoted text")
    func interpolation() {
        let query: Query = "SELECT \(1), \("x"), \(Int?.none) FROM \(name: "a\"b")"
        #expect(query.text == "SELECT $1, $2, $3 FROM \"a\"\"b\"")
        #expect(query.parameters.count == 3)
    }

    @Test("An error says what happened without the server's text, which may quote a row")
    func descriptions() {
        let error = StoreError.refused(sqlState: "23505", message: "Key (id)=(secret) already exists.")
        #expect("\(error)" == "PostgreSQL refused a statement: 23505")
        #expect(error.debugDescription.contains("secret"))
        #expect(error.sqlState == "23505")
        #expect(!error.isTransient)
        #expect(StoreError.refused(sqlState: "40001", message: "").isTransient)
        #expect(StoreError.connectionLost(message: "").isTransient)
    }

    @Test("The same server's other database keeps everything else of a connection string")
    func otherDatabase() throws {
        let string = try PostgresConnection.connectionString(
            "postgresql://me:it%27s@example.org:6000/old?sslmode=disable", database: "new one")
        #expect(string.contains("user='me'"))
        #expect(string.contains("password='it\\'s'"))
        #expect(string.contains("host='example.org'"))
        #expect(string.contains("port='6000'"))
        #expect(string.contains("sslmode='disable'"))
        #expect(string.hasSuffix("dbname='new one'"))
        #expect(!string.contains("old"))
    }
}
