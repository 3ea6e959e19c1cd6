import Dispatch
import Schema
import Store
import TestKit
import Testing

@Suite("Connection", .timeLimit(.minutes(20)))
struct ConnectionTests {
    @Test("What a transaction wrote before it threw is undone, and the connection goes on")
    func rollback() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript("CREATE TABLE t (v int PRIMARY KEY)")
            #expect(throws: StoreError.fenced) {
                try connection.transaction { () throws(StoreError) in
                    try connection.run("INSERT INTO t VALUES (1)")
                    throw .fenced
                }
            }
            let error = #expect(throws: StoreError.self) {
                try connection.transaction { () throws(StoreError) in
                    try connection.run("INSERT INTO t VALUES (2)")
                    // Joins the one around it.
                    try connection.transaction { () throws(StoreError) in
                        _ = try connection.run("INSERT INTO t VALUES (2)")
                    }
                }
            }
            #expect(error?.sqlState == "23505")
            #expect(error?.isConnectionLost == false)
            #expect(try connection.run("SELECT count(*) FROM t")[0].value(0) == 0)
        }
    }

    @Test("A transaction whose error was swallowed does not pass for done")
    func swallowedError() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript("CREATE TABLE t (v int PRIMARY KEY)")
            let error = #expect(throws: StoreError.self) {
                try connection.transaction { () throws(StoreError) in
                    try connection.run("INSERT INTO t VALUES (1)")
                    _ = try? connection.run("INSERT INTO t VALUES (1)")
                }
            }
            #expect(error?.sqlState == "25P02")
            #expect(try connection.run("SELECT count(*) FROM t")[0].value(0) == 0)
        }
    }

    @Test("A COPY whose row is refused writes nothing, and the connection goes on")
    func refusedCopy() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript("CREATE TABLE t (v bigint PRIMARY KEY)")
            let error = #expect(throws: StoreError.self) {
                // Large enough to be on its way in several pieces when the last row is refused.
                try connection.copyIn("t", columns: ["v"], rows: Array(0..<50_000) + [7]) { $1.write(Int64($0)) }
            }
            #expect(error?.sqlState == "23505")
            #expect(try connection.run("SELECT count(*) FROM t")[0].value(0) == 0)
            #expect(try connection.copyIn("t", columns: ["v"], rows: 0..<50_000) { $1.write(Int64($0)) } == 50_000)
            #expect(try connection.run("SELECT sum(v)::bigint FROM t")[0].value(0, as: Int64.self) == 1_249_975_000)
        }
    }

    @Test("A statement run again, and so prepared, sees new values and new rows")
    func preparedStatements() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript("CREATE TABLE t (v bigint)")
            for value in 1...5 {
                try connection.run("INSERT INTO t VALUES (\(value))")
                #expect(
                    try connection.run("SELECT sum(v)::bigint FROM t WHERE v <= \(value)")[0].value(0) == value
                        * (value + 1) / 2)
            }
        }
    }

    @Test("A notification wakes who listens; without one the wait ends empty-handed")
    func notifications() async throws {
        try await PostgresFixture.withDatabase { string in
            let listener = try PostgresConnection(string)
            try listener.listen("door")
            #expect(try listener.waitForNotification(milliseconds: 1).isEmpty)
            DispatchQueue.global().async {
                try? PostgresConnection(string).notify("door", "it's open")
            }
            let received = try listener.waitForNotification(milliseconds: 60_000)
            #expect(received == [PostgresNotification(channel: "door", payload: "it's open")])
        }
    }

    @Test("A notification sent in a transaction arrives when that commits, not before")
    func notificationsAreTransactional() async throws {
        try await PostgresFixture.withDatabase { string in
            let (listener, sender) = (try PostgresConnection(string), try PostgresConnection(string))
            try listener.listen("door")
            try sender.transaction { () throws(StoreError) in
                try sender.notify("door", "1")
                #expect(try listener.waitForNotification(milliseconds: 20).isEmpty)
            }
            #expect(try listener.waitForNotification(milliseconds: 60_000).map(\.payload) == ["1"])
        }
    }

    @Test("No server is a lost connection")
    func noServer() {
        let error = #expect(throws: StoreError.self) { try PostgresConnection("host=/nonexistent dbname=x") }
        #expect(error?.isConnectionLost == true)
    }
}
