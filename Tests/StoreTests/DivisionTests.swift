import Store
import Testing

@Suite("Division of jobs", .timeLimit(.minutes(20)))
struct DivisionTests {
    @Test("Dividing once more after a lost answer changes nothing, whatever became of the children")
    func saidAgain() async throws {
        try await Training.withQueue { jobs, _ in
            let whole = try Training.begun("t", jobs)
            let orders = Training.orders("t/0", "t/1")
            try jobs.divide(whole, into: orders, checkpoint: [1])
            try jobs.fail(try Training.claim("fit", jobs), error: "no data")
            let before = try Training.all(jobs)
            try jobs.divide(whole, into: orders, checkpoint: [2])
            #expect(try Training.all(jobs) == before)
            let lost = StoreError.leaseLost(job: whole.job.id)
            #expect(throws: lost) { try jobs.divide(whole, into: Training.orders("t/0", "t/2"), checkpoint: [2]) }
            try jobs.complete(try Training.claim("fit", jobs), result: "{}")
            let again = try Training.claim("train", jobs)
            #expect(again.checkpoint == [1])
            #expect(throws: lost) { try jobs.divide(whole, into: orders, checkpoint: [2]) }
            try jobs.complete(again, result: "{}")
            #expect(throws: lost) { try jobs.divide(again, into: orders, checkpoint: [2]) }
        }
    }

    @Test("Who gave the job back cannot divide it any more")
    func releasedBefore() async throws {
        try await Training.withQueue { jobs, _ in
            let whole = try Training.begun("t", jobs)
            try jobs.release(whole)
            #expect(throws: StoreError.leaseLost(job: whole.job.id)) {
                try jobs.divide(whole, into: Training.orders("t/0"), checkpoint: [])
            }
            #expect(try Training.all(jobs).count == 1)
        }
    }

    @Test("Other work, or another's part, under a child's key is a conflict, and nothing of the division is left")
    func conflict() async throws {
        try await Training.withQueue { jobs, _ in
            try jobs.submit("fit", payload: #"{"of": "t/1"}"#, key: "t/1")
            try jobs.divide(try Training.begun("s", jobs), into: Training.orders("s/0"), checkpoint: [])
            let whole = try Training.begun("t", jobs)
            func expectConflicts() throws {
                let before = try Training.all(jobs)
                let other = JobOrder(kind: "fit", payload: "{}", key: "s/0")
                for (orders, key) in [
                    ([other], "s/0"), (Training.orders("t/0", "s/0"), "s/0"), (Training.orders("t/0", "t/1"), "t/1"),
                ] {
                    #expect(throws: StoreError.conflict(table: "jobs", key: key)) {
                        try jobs.divide(whole, into: orders, checkpoint: [9])
                    }
                }
                #expect(throws: StoreError.conflict(table: "jobs", key: "s/0")) {
                    try jobs.submit("fit", payload: #"{"of": "s/0"}"#, key: "s/0")
                }
                #expect(try Training.all(jobs) == before)
            }
            try expectConflicts()
            // What has failed is tried again only when those ask whose work it is.
            for _ in 0..<2 { try jobs.fail(try Training.claim("fit", jobs), error: "no data") }
            try expectConflicts()
            #expect(try jobs.heartbeat(whole, seconds: 0))
            let claimed = try ["s", "t"].map { _ in try Training.claim("train", jobs) }
            #expect(claimed.map(\.job.key) == ["s", "t"] && claimed[1].checkpoint == nil)
        }
    }

    @Test("A training that failed by a child is asked for again: what was done stays, what failed is tried again")
    func askedAgain() async throws {
        try await Training.withQueue { jobs, _ in
            let whole = try Training.begun("t", jobs)
            let orders = Training.orders("t/0", "t/1")
            try jobs.divide(whole, into: orders, checkpoint: [1])
            let done = try Training.claim("fit", jobs)
            try jobs.complete(done, result: "{}", output: [42])
            let failed = try Training.claim("fit", jobs)
            try jobs.saveCheckpoint([5], progress: 0.5, failed)
            try jobs.fail(failed, error: "no data")
            try jobs.fail(try Training.claim("train", jobs), error: "a fold failed")
            #expect(try jobs.submit("train", payload: "{}", key: "t") == whole.job.id)
            let again = try Training.claim("train", jobs)
            #expect(again.checkpoint == [1] && again.job.error == nil)
            try jobs.divide(again, into: orders, checkpoint: [2])
            let retried = try Training.claim("fit", jobs)
            #expect(retried.job.id == failed.job.id && retried.checkpoint == [5] && retried.job.error == nil)
            #expect(try jobs.claim(["fit", "train"], owner: "worker", seconds: 60) == nil)
            try jobs.complete(retried, result: "{}")
            #expect(try Training.claim("train", jobs).checkpoint == [2])
            #expect(try jobs.output(of: done.job.id) == [42])
            #expect(try jobs.job(done.job.id)?.attempts == 1)
        }
    }

    @Test("A child's output is kept until the whole has been made, and does not come back")
    func outputs() async throws {
        try await Training.withQueue { jobs, connection in
            let wholes = try ["t", "u"].map { try Training.begun($0, jobs) }
            for whole in wholes {
                try jobs.divide(whole, into: Training.orders("\(whole.job.key)/0"), checkpoint: [1])
            }
            let leases = try wholes.map { _ in try Training.claim("fit", jobs) }
            for lease in leases {
                try jobs.saveCheckpoint([1], progress: 0.5, lease)
                try jobs.complete(lease, result: "{}", output: Array(0...255))
            }
            let rows = try connection.run("SELECT FROM jobs WHERE checkpoint IS NOT NULL AND state = 'done'")
            #expect(rows.isEmpty, "a job that is done needs no checkpoint")
            #expect(try leases.map { try jobs.output(of: $0.job.id) } == [Array(0...255), Array(0...255)])
            #expect(try jobs.output(of: wholes[0].job.id) == nil && jobs.output(of: 99) == nil)
            try jobs.dropOutputs(ofChildrenOf: wholes[0].job.id)
            // As after a lost answer.
            try jobs.complete(leases[0], result: "{}", output: Array(0...255))
            #expect(try leases.map { try jobs.output(of: $0.job.id) } == [nil, Array(0...255)])
        }
    }

    @Test("A divided job is as far as its children on the average, and afterwards no less")
    func progress() async throws {
        try await Training.withQueue { jobs, _ in
            let whole = try Training.begun("t", jobs)
            let id = whole.job.id
            #expect(try jobs.progress(of: 99) == nil)
            #expect(try jobs.heartbeat(whole, seconds: 60, progress: 0.125))
            #expect(try jobs.progress(of: id) == 0.125)
            try jobs.divide(whole, into: Training.orders("t/0", "t/1"), checkpoint: [])
            #expect(try jobs.progress(of: id) == 0)
            func shown() throws -> [String] { try jobs.wholes().map { "\($0.id) \($0.state.rawValue) \($0.progress)" } }
            #expect(try shown() == ["\(id) queued 0.0"])
            let child = try Training.claim("fit", jobs)
            #expect(try jobs.heartbeat(child, seconds: 60, progress: 0.5))
            #expect(try jobs.progress(of: id) == 0.25 && jobs.progress(of: child.job.id) == 0.5)
            #expect(try shown() == ["\(id) leased 0.25"], "it is in work, and no part is shown beside it")
            try jobs.complete(child, result: "{}")
            try jobs.complete(try Training.claim("fit", jobs), result: "{}")
            #expect(try jobs.progress(of: id) == 1)
            let table = try Training.claim("train", jobs)
            #expect(try jobs.progress(of: id) == 1 && table.job.progress == 0.125)
            #expect(try shown() == ["\(id) leased 1.0"])
        }
    }
}
