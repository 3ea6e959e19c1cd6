import Store
import TestKit
import Testing

@Suite("Job queue", .timeLimit(.minutes(20)))
struct JobQueueTests {
    @Test("Asking for the same work twice is asking once; for other work under its key, a conflict")
    func submit() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            let id = try jobs.submit("train", payload: #"{"fold": 1}"#, key: "a")
            #expect(try jobs.submit("train", payload: #"{ "fold":1 }"#, key: "a") == id)
            #expect(try jobs.submit("train", payload: #"{"fold": 1}"#, key: "b") != id)
            #expect(throws: StoreError.conflict(table: "jobs", key: "a")) {
                try jobs.submit("train", payload: #"{"fold": 2}"#, key: "a")
            }
            #expect(try Training.all(jobs).count == 2)
        }
    }

    @Test("A leased job is nobody else's until the lease has run out; then its checkpoint goes along")
    func expiry() async throws {
        try await PostgresFixture.withDatabase { string in
            let (first, second) = (JobQueue(try PostgresConnection(string)), JobQueue(try PostgresConnection(string)))
            let id = try first.submit("train", payload: "{}", key: "a")
            #expect(try first.claim(["other"], owner: "one", seconds: 60) == nil)
            let lease = try #require(try first.claim(["train"], owner: "one", seconds: 3600))
            #expect(lease.job.id == id)
            #expect(lease.checkpoint == nil)
            #expect(try second.claim(["train"], owner: "two", seconds: 60) == nil)
            try first.saveCheckpoint([1, 2], progress: 0.5, lease)
            // A heartbeat may also shorten a lease: now it has run out.
            #expect(try first.heartbeat(lease, seconds: 0))
            let taken = try #require(try second.claim(["train"], owner: "two", seconds: 3600))
            #expect(taken.job.id == id)
            #expect(taken.job.attempts == 2)
            #expect(taken.job.progress == 0.5)
            #expect(taken.checkpoint == [1, 2])
        }
    }

    @Test("Who has lost the lease can change nothing more, even under the same name")
    func lost() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            let id = try jobs.submit("train", payload: "{}", key: "a")
            let old = try #require(try jobs.claim(["train"], owner: "one", seconds: 0))
            let new = try #require(try jobs.claim(["train"], owner: "one", seconds: 3600))
            #expect(try !jobs.heartbeat(old, seconds: 60))
            let lost = StoreError.leaseLost(job: id)
            #expect(throws: lost) { try jobs.saveCheckpoint([9], old) }
            #expect(throws: lost) { try jobs.complete(old, result: "{}") }
            #expect(throws: lost) { try jobs.fail(old, error: "x") }
            #expect(throws: lost) { try jobs.release(old) }
            #expect(try jobs.job(id)?.state == .leased)
            try jobs.saveCheckpoint([1], new)
            try jobs.complete(new, result: #"{"loss": 1}"#)
            #expect(throws: lost) { try jobs.saveCheckpoint([2], new) }
            #expect(try !jobs.heartbeat(new, seconds: 60))
        }
    }

    @Test("A job over which five workers in a row fell silent has failed, and says why; nobody gets it any more")
    func givenUp() async throws {
        try await PostgresFixture.withDatabase { string in
            let (connection, listener) = (try PostgresConnection(string), try PostgresConnection(string))
            let jobs = JobQueue(connection)
            let id = try jobs.submit("train", payload: "{}", key: "a")
            for attempt in 1...5 {
                let lease = try #require(try jobs.claim(["train"], owner: "worker \(attempt)", seconds: 0))
                #expect(lease.job.attempts == attempt && lease.job.lost == attempt - 1)
                if attempt == 1 { try connection.runScript("UPDATE jobs SET progress = 0.25") }
            }
            #expect(try jobs.claim(["other"], owner: "other", seconds: 60) == nil)
            #expect(try jobs.job(id)?.state == .leased)
            try listener.listen(JobQueue.channel)
            #expect(try jobs.claim(["train"], owner: "worker 6", seconds: 60) == nil)
            let job = try #require(try jobs.job(id))
            #expect(job.state == .failed && job.attempts == 5)
            #expect(
                job.error
                    == "given up: workers in a row that fell silent over it: 5, at 25.0 %; the last was worker 5 (attempt 5)"
            )
            #expect(try listener.waitForNotification(milliseconds: 60_000).map(\.payload) == ["\(id)"])
        }
    }

    @Test("A job that gets further is not given up, however many workers it loses")
    func getsFurther() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            try jobs.submit("train", payload: "{}", key: "a", lostLimit: 2)
            for step in 1...4 {
                let lease = try #require(try jobs.claim(["train"], owner: "worker", seconds: 3600))
                try jobs.saveCheckpoint([1], progress: Double(step) / 10, lease)
                #expect(try jobs.heartbeat(lease, seconds: 0))
            }
            let fifth = try #require(try jobs.claim(["train"], owner: "worker", seconds: 3600))
            #expect(fifth.job.lost == 1)
            // The same checkpoint once more is no step further.
            try jobs.saveCheckpoint([1], progress: 0.4, fifth)
            #expect(try jobs.heartbeat(fifth, seconds: 0))
            #expect(try jobs.claim(["train"], owner: "worker", seconds: 60) == nil)
            #expect(try jobs.job(fifth.job.id)?.state == .failed)
        }
    }

    @Test("Work that has failed is tried again when somebody asks for it again, from where it was")
    func askedAgain() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            let id = try jobs.submit("train", payload: "{}", key: "a", lostLimit: 1)
            let lease = try #require(try jobs.claim(["train"], owner: "worker", seconds: 3600))
            try jobs.saveCheckpoint([7], progress: 0.5, lease)
            #expect(try jobs.heartbeat(lease, seconds: 0))
            #expect(try jobs.claim(["train"], owner: "worker", seconds: 60) == nil)
            #expect(try jobs.job(id)?.state == .failed)

            #expect(try jobs.submit("train", payload: "{}", key: "a") == id)
            let again = try #require(try jobs.claim(["train"], owner: "worker", seconds: 60))
            #expect(again.job.lost == 0 && again.job.error == nil && again.checkpoint == [7])
            // Work that is under way is not begun anew.
            #expect(try jobs.submit("train", payload: "{}", key: "a") == id)
            #expect(try jobs.job(id)?.state == .leased)
        }
    }

    @Test("A worker that gives its job back in order is not counted as lost")
    func released() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            try jobs.submit("train", payload: "{}", key: "a", lostLimit: 1)
            for _ in 1...3 {
                let lease = try #require(try jobs.claim(["train"], owner: "worker", seconds: 0))
                try jobs.release(lease)
            }
            #expect(try jobs.claim(["train"], owner: "worker", seconds: 60)?.job.lost == 0)
        }
    }

    @Test("A job ends once; saying it again changes nothing")
    func ends() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            for key in ["a", "b", "c"] { try jobs.submit("train", payload: "{}", key: key) }
            let first = try #require(try jobs.claim(["train"], owner: "one", seconds: 0))
            try jobs.complete(first, result: #"{"loss": 1}"#)
            try jobs.complete(first, result: #"{"loss": 1}"#)
            let second = try #require(try jobs.claim(["train"], owner: "one", seconds: 0))
            #expect(second.job.key == "b")
            try jobs.fail(second, error: "no data")
            let third = try #require(try jobs.claim(["train"], owner: "one", seconds: 3600))
            #expect(third.job.key == "c")
            try jobs.release(third)
            let again = try #require(try jobs.claim(["train"], owner: "two", seconds: 3600))
            #expect(again.job.key == "c")
            #expect(try jobs.job(first.job.id)?.state == .done)
            #expect(try jobs.job(first.job.id)?.result == #"{"loss": 1}"#)
            #expect(try jobs.job(first.job.id)?.progress == 1)
            #expect(try jobs.job(second.job.id)?.state == .failed)
            #expect(try jobs.job(second.job.id)?.error == "no data")
        }
    }

    @Test("Four workers do every job, and none of them twice")
    func concurrent() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            let ids = try (0..<200).map { try jobs.submit("train", payload: "{}", key: "\($0)") }
            let done = Collected<Int64>()
            concurrently(4, on: string) { worker, connection in
                let jobs = JobQueue(connection)
                while let lease = try jobs.claim(["train"], owner: "worker \(worker)", seconds: 3600) {
                    done.append([lease.job.id])
                    try jobs.complete(lease, result: "{}")
                }
            }
            #expect(done.values.sorted() == ids)
            #expect(try jobs.wholes(limit: 1000).allSatisfy { $0.attempts == 1 && $0.state == .done })
        }
    }

    @Test("A worker whose claim is still on its way makes no other wait, nor gives it the same job")
    func skipsLocked() async throws {
        try await PostgresFixture.withDatabase { string in
            let (slow, other) = (try PostgresConnection(string), try PostgresConnection(string))
            try other.runScript("SET lock_timeout = '5s'")
            let ids = try ["a", "b"].map { try JobQueue(slow).submit("train", payload: "{}", key: $0) }
            var claimed: [Int64?] = []
            try slow.transaction { () throws(StoreError) in
                for connection in [slow, other, other] {
                    let lease = try JobQueue(connection).claim(["train"], owner: "x", seconds: 3600)
                    claimed.append(lease?.job.id)
                }
            }
            #expect(claimed == ids + [nil])
        }
    }

    @Test("A new job wakes the workers")
    func notifies() async throws {
        try await PostgresFixture.withDatabase { string in
            let worker = try PostgresConnection(string)
            try worker.listen(JobQueue.channel)
            let id = try JobQueue(try PostgresConnection(string)).submit("train", payload: "{}", key: "a")
            #expect(try worker.waitForNotification(milliseconds: 60_000).map(\.payload) == ["\(id)"])
        }
    }
}
