import Store
import TestKit
import Testing

@Suite("Divided jobs", .timeLimit(.minutes(20)))
struct DividedJobTests {
    @Test("A divided job waits until its children have ended, and is then claimed once more with its checkpoint")
    func waits() async throws {
        try await Training.withQueue { jobs, _ in
            let whole = try Training.begun("t", jobs)
            try jobs.divide(whole, into: Training.orders("t/0", "t/1"), checkpoint: [7])
            let waiting = try #require(try jobs.job(whole.job.id))
            #expect(waiting.state == .queued && waiting.parent == nil)
            #expect(try !jobs.heartbeat(whole, seconds: 60), "the lease has ended")
            let children = try jobs.children(of: whole.job.id)
            #expect(children.map(\.key) == ["t/0", "t/1"])
            #expect(children.map(\.kind) == ["fit", "fit"])
            #expect(children.map(\.payload) == [#"{"of": "t/0"}"#, #"{"of": "t/1"}"#])
            #expect(children.allSatisfy { $0.parent == whole.job.id && $0.state == .queued })
            for child in children {
                #expect(try jobs.claim(["train"], owner: "worker", seconds: 60) == nil, "a child is queued")
                let lease = try Training.claim("fit", jobs)
                #expect(lease.job.id == child.id && lease.job.parent == whole.job.id)
                #expect(try jobs.claim(["train"], owner: "worker", seconds: 60) == nil, "a child is leased")
                try jobs.complete(lease, result: "{}")
            }
            let again = try Training.claim("train", jobs)
            #expect(again.job.id == whole.job.id && again.job.attempts == 2 && again.checkpoint == [7])
            try jobs.complete(again, result: #"{"table": 1}"#)
            #expect(try jobs.job(whole.job.id)?.state == .done)
        }
    }

    @Test("Trainings go first come first served, each with its children")
    func order() async throws {
        try await Training.withQueue { jobs, _ in
            let first = try Training.begun("a", jobs)
            let second = try Training.begun("b", jobs)
            try jobs.submit("train", payload: "{}", key: "c")
            // The later training's children come first, and have the smaller numbers.
            try jobs.divide(second, into: Training.orders("b/0", "b/1"), checkpoint: [])
            try jobs.divide(first, into: Training.orders("a/0", "a/1"), checkpoint: [])
            var claimed: [String] = []
            while let lease = try jobs.claim(["train", "fit"], owner: "worker", seconds: Training.lastingSeconds) {
                claimed.append(lease.job.key)
                try jobs.complete(lease, result: "{}")
            }
            #expect(claimed == ["a/0", "a/1", "a", "b/0", "b/1", "b", "c"])
        }
    }

    @Test("Four workers do every child once, and the whole when all of them have ended")
    func race() async throws {
        try await PostgresFixture.withDatabase { string in
            let jobs = JobQueue(try PostgresConnection(string))
            let names = (0..<20).map { "t/\($0)" }
            var wholes: [Int64] = []
            for key in ["t", "u"] {
                let whole = try Training.begun(key, jobs)
                wholes.append(whole.job.id)
                let orders = names.map { JobOrder(kind: "fit", payload: "{}", key: "\(key)/\($0)") }
                try jobs.divide(whole, into: orders, checkpoint: [])
            }
            let (all, done) = (wholes, Collected<Int64>())
            concurrently(4, on: string) { worker, connection in
                let jobs = JobQueue(connection)
                while try all.contains(where: { try jobs.job($0)?.state != .done }) {
                    guard let lease = try jobs.claim(["train", "fit"], owner: "worker \(worker)", seconds: 3600) else {
                        continue
                    }
                    #expect(try jobs.children(of: lease.job.id).allSatisfy { $0.state == .done })
                    done.append([lease.job.id])
                    try jobs.complete(lease, result: "{}")
                }
            }
            let children = try wholes.flatMap { try jobs.children(of: $0) }
            #expect(children.count == 40 && children.allSatisfy { $0.attempts == 1 })
            #expect(done.values.sorted() == (wholes + children.map(\.id)).sorted())
        }
    }

    @Test("A child that fails, or is given up, keeps its whole waiting no longer")
    func failedChild() async throws {
        try await Training.withQueue { jobs, _ in
            let whole = try Training.begun("t", jobs)
            let orders = Training.orders("t/0") + [JobOrder(kind: "fit", payload: "{}", key: "t/1", lostLimit: 1)]
            try jobs.divide(whole, into: orders, checkpoint: [])
            try jobs.fail(try Training.claim("fit", jobs), error: "no data")
            let silent = try Training.claim("fit", jobs)
            #expect(try jobs.heartbeat(silent, seconds: 0))
            #expect(try jobs.claim(["train"], owner: "worker", seconds: 60) == nil, "nobody has given it up")
            // One who asks for both gives the child up, and has the whole at once.
            let again = try #require(try jobs.claim(["fit", "train"], owner: "worker", seconds: 60))
            #expect(again.job.id == whole.job.id)
            #expect(try jobs.children(of: whole.job.id).map(\.state) == [.failed, .failed])
        }
    }

    @Test("Who lost the lease cannot divide the job; who took it over can")
    func killedBefore() async throws {
        try await Training.withQueue { jobs, _ in
            let killed = try Training.begun("t", jobs)
            #expect(try jobs.heartbeat(killed, seconds: 0))
            let heir = try Training.claim("train", jobs, owner: "heir")
            #expect(heir.job.lost == 1)
            #expect(throws: StoreError.leaseLost(job: killed.job.id)) {
                try jobs.divide(killed, into: Training.orders("t/0"), checkpoint: [9])
            }
            #expect(try Training.all(jobs).count == 1)
            #expect(try jobs.job(killed.job.id)?.state == .leased)
            try jobs.divide(heir, into: Training.orders("t/0"), checkpoint: [1])
            #expect(try jobs.job(killed.job.id)?.lost == 0)
            try jobs.complete(try Training.claim("fit", jobs), result: "{}")
            #expect(try Training.claim("train", jobs).checkpoint == [1])
        }
    }

    @Test("Whoever is killed after the division, over a child or over the whole, has an heir")
    func killedAfter() async throws {
        try await Training.withQueue { jobs, _ in
            try jobs.divide(try Training.begun("t", jobs), into: Training.orders("t/0"), checkpoint: [1])
            let child = try Training.claim("fit", jobs)
            try jobs.saveCheckpoint([5], progress: 0.5, child)
            #expect(try jobs.heartbeat(child, seconds: 0))
            #expect(try jobs.claim(["train"], owner: "worker", seconds: 60) == nil, "the child goes on")
            let heir = try Training.claim("fit", jobs, owner: "heir")
            #expect(heir.job.id == child.job.id && heir.checkpoint == [5] && heir.job.lost == 1)
            try jobs.complete(heir, result: "{}")
            let whole = try Training.claim("train", jobs)
            #expect(try jobs.heartbeat(whole, seconds: 0))
            let next = try Training.claim("train", jobs, owner: "heir")
            #expect(next.job.lost == 1 && next.checkpoint == [1])
        }
    }

    @Test("Workers that wait hear of children, and of a whole that can be claimed")
    func notifies() async throws {
        try await PostgresFixture.withDatabase { string in
            let (jobs, listener) = (JobQueue(try PostgresConnection(string)), try PostgresConnection(string))
            let whole = try Training.begun("t", jobs)
            try listener.listen(JobQueue.channel)
            func heard() throws -> [Int64] {
                try listener.waitForNotification(milliseconds: 60_000).compactMap { Int64($0.payload) }
            }
            try jobs.divide(whole, into: Training.orders("t/0"), checkpoint: [])
            let child = try #require(try jobs.children(of: whole.job.id).first)
            #expect(try heard().contains(child.id))
            try jobs.complete(try Training.claim("fit", jobs), result: "{}")
            #expect(try heard() == [child.id])
            // All children have ended: nothing is asked for, and the whole can be claimed at once.
            try jobs.divide(try Training.claim("train", jobs), into: Training.orders("t/0"), checkpoint: [])
            #expect(try heard() == [whole.job.id])
            #expect(try Training.claim("train", jobs).job.id == whole.job.id)
        }
    }

    @Test("A job that waits for its children does not wait for a trainer")
    func doctor() async throws {
        try await Training.withQueue { jobs, connection in
            let whole = try Training.begun("t", jobs)
            try jobs.divide(whole, into: Training.orders("t/0"), checkpoint: [])
            let queries = DoctorQueries(connection)
            #expect(try queries.waitingJobs().map(\.id) == jobs.children(of: whole.job.id).map(\.id))
            try jobs.complete(try Training.claim("fit", jobs), result: "{}")
            #expect(try queries.waitingJobs().map(\.id) == [whole.job.id])
        }
    }
}
