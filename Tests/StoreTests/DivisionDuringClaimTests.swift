import Dispatch
import Store
import TestKit
import Testing

@Suite("Division during a claim", .timeLimit(.minutes(20)))
struct DivisionDuringClaimTests {
    /// Stands in for the server's clock in one session, and waits for a lock before it tells the time.
    private static let slowClock = """
        CREATE SCHEMA slow;
        CREATE FUNCTION slow.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared(1);
            RETURN pg_catalog.clock_timestamp();
        END
        $$
        """

    /// Returns when a session of this database waits for the lock.
    private static func waitForClaim(_ connection: PostgresConnection) throws {
        for _ in 0..<10_000 {
            let rows = try connection.run(
                """
                SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """)
            guard rows.isEmpty else { return }
            try connection.run("SELECT pg_sleep(0.001)")
        }
        Issue.record("nobody waits")
    }

    @Test("A claim that found a job before it was divided does not take it afterwards")
    func dividedMeanwhile() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript(Self.slowClock)
            let jobs = JobQueue(connection)
            try jobs.submit("train", payload: "{}", key: "t")
            // The holder is late, but nobody has taken the job.
            let late = try #require(try jobs.claim(["train"], owner: "late", seconds: 0))
            let isLocked = DispatchSemaphore(value: 0)
            concurrently(2, on: string) { worker, connection in
                let jobs = JobQueue(connection)
                if worker == 0 {
                    isLocked.wait()
                    try connection.runScript("SET search_path = slow, public, pg_catalog")
                    #expect(try jobs.claim(["train"], owner: "other", seconds: 60) == nil)
                } else {
                    try connection.run("SELECT pg_advisory_lock(1)")
                    isLocked.signal()
                    try Self.waitForClaim(connection)
                    try jobs.divide(
                        late, into: [JobOrder(kind: "fit", payload: "{}", key: "t/0")], checkpoint: [1])
                    try connection.run("SELECT pg_advisory_unlock(1)")
                }
            }
            let whole = try #require(try jobs.job(late.job.id))
            #expect(whole.state == .queued && whole.attempts == 1)
        }
    }
}
