import Schema
import Store
import TestKit
import Testing

@Suite("Control requests", .timeLimit(.minutes(20)))
struct ControlRequestTests {
    private let halt = Control(id: "1", change: .tradingStateChanged(.halted, reason: "storm"))
    private let activate = Control(id: "2", change: .modelActivated(alias: "champion", version: "xgboost-2"))

    @Test("Requests are pending in the order in which they came, until each has its place")
    func pending() async throws {
        try await PostgresFixture.withDatabase { string in
            let requests = ControlRequests(try PostgresConnection(string))
            #expect(try requests.submit(activate))
            #expect(try requests.submit(halt))
            #expect(try requests.pending() == [activate, halt])
            try requests.place(activate, at: FeedPosition(7))
            #expect(try requests.pending() == [halt])
            #expect(try requests.position(of: "2") == FeedPosition(7))
            #expect(try requests.position(of: "1") == nil)
        }
    }

    @Test("A request comes when it is asked, however long ago the transaction began in which it is")
    func order() async throws {
        try await PostgresFixture.withDatabase { string in
            let (slow, quick) = (try PostgresConnection(string), try PostgresConnection(string))
            // As where somebody waits for another's move of the same alias to be over.
            try slow.transaction { () throws(StoreError) in
                try ControlRequests(quick).submit(halt)
                try ControlRequests(slow).submit(activate)
            }
            #expect(try ControlRequests(quick).pending() == [halt, activate])
        }
    }

    @Test("Asking or placing again changes nothing; other content or another place is a conflict")
    func idempotent() async throws {
        try await PostgresFixture.withDatabase { string in
            let requests = ControlRequests(try PostgresConnection(string))
            #expect(try requests.submit(halt))
            #expect(try !requests.submit(halt))
            let other = Control(id: halt.id, change: .tradingStateChanged(.active, reason: "storm"))
            let conflict = StoreError.conflict(table: "control_requests", key: "1")
            #expect(throws: conflict) { try requests.submit(other) }
            try requests.place(halt, at: FeedPosition(7))
            try requests.place(halt, at: FeedPosition(7))
            #expect(throws: conflict) { try requests.place(halt, at: FeedPosition(8)) }
            #expect(throws: conflict) { try requests.place(other, at: FeedPosition(7)) }
        }
    }

    @Test("A request wakes the ingestor")
    func notifies() async throws {
        try await PostgresFixture.withDatabase { string in
            let ingestor = try PostgresConnection(string)
            try ingestor.listen(ControlRequests.channel)
            try ControlRequests(try PostgresConnection(string)).submit(halt)
            #expect(try ingestor.waitForNotification(milliseconds: 60_000).map(\.payload) == ["1"])
        }
    }
}
