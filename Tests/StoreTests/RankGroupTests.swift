import Store
import TestKit
import Testing

@Suite("Rank groups", .timeLimit(.minutes(20)))
struct RankGroupTests {
    private static let seconds = Training.lastingSeconds
    private static let terms = "build 1"

    /// A fit in the hands of `leader`, which a group is opened for.
    private static func led(
        _ key: String, by leader: String = "leader", ranks: Int = 3, terms: String = terms, seconds: Double = seconds,
        _ connection: PostgresConnection
    ) throws -> (lease: JobLease, group: Int64) {
        let jobs = JobQueue(connection)
        try jobs.submit("fit", payload: "{}", key: key)
        let lease = try #require(try jobs.claim(["fit"], owner: leader, seconds: seconds))
        return (lease, try RankGroups(connection).open(for: lease, ranks: ranks, terms: terms))
    }

    private static func claim(
        _ groups: RankGroups, _ holder: String, terms: String = terms, seconds: Double = seconds
    ) throws -> RankSeat? {
        try groups.claim(terms: terms, holder: holder, seconds: seconds)
    }

    private static func withGroups(_ body: (RankGroups, PostgresConnection) throws -> Void) async throws {
        try await Training.withQueue { _, connection in try body(RankGroups(connection), connection) }
    }

    @Test("A group is complete when every seat is taken and ready; each is another's, with the fit and its checkpoint")
    func gathers() async throws {
        try await Self.withGroups { groups, connection in
            let jobs = JobQueue(connection)
            try jobs.submit("fit", payload: #"{"fold": 1}"#, key: "a")
            let lease = try Training.claim("fit", jobs, owner: "leader")
            try jobs.saveCheckpoint([7], lease)
            let group = try groups.open(for: lease, ranks: 3, terms: Self.terms)
            #expect(try Self.claim(groups, "stranger", terms: "build 2") == nil)
            let first = try #require(try Self.claim(groups, "one"))
            #expect(first.rank == 1 && first.ranks == 3 && first.group == group && first.checkpoint == [7])
            #expect(first.job.id == lease.job.id && first.job.payload == lease.job.payload)
            try groups.becomeReady(first)
            var gathering = try #require(try groups.gathering(of: group))
            #expect(gathering.ranks == 3 && gathering.present == 2 && !gathering.isComplete && !gathering.isBroken)
            let second = try #require(try Self.claim(groups, "two"))
            #expect(second.rank == 2)
            gathering = try #require(try groups.gathering(of: group))
            #expect(gathering.present == 3 && !gathering.isComplete, "the second has not read its history")
            try groups.becomeReady(second)
            #expect(try groups.gathering(of: group)?.isComplete == true)
            #expect(try Self.claim(groups, "three") == nil)
        }
    }

    @Test("A seat is taken in the fit that was asked for first, and a later one's leader is told that it is awaited")
    func order() async throws {
        try await Self.withGroups { groups, connection in
            let jobs = JobQueue(connection)
            for key in ["a", "b", "c"] { try jobs.submit("fit", payload: "{}", key: key) }
            let leases = try (0..<3).map { try Training.claim("fit", jobs, owner: "leader \($0)") }
            let terms = [Self.terms, Self.terms, "other"]
            for (lease, terms) in zip(leases, terms).reversed() {
                _ = try groups.open(for: lease, ranks: 2, terms: terms)
            }
            #expect(try groups.isAwaited(before: leases[1].job.id, terms: Self.terms))
            #expect(try !groups.isAwaited(before: leases[0].job.id, terms: Self.terms))
            #expect(try !groups.isAwaited(before: leases[2].job.id, terms: "other"))
            #expect(try Self.claim(groups, "one")?.job.id == leases[0].job.id)
            #expect(try !groups.isAwaited(before: leases[1].job.id, terms: Self.terms), "it has all its ranks")
            #expect(try Self.claim(groups, "two")?.job.id == leases[1].job.id)
        }
    }

    @Test("Who leaves or falls silent breaks the group; why it left is told, and that it was to stop is no reason")
    func broken() async throws {
        try await Self.withGroups { groups, connection in
            let (lease, group) = try Self.led("a", connection)
            let seat = try #require(try Self.claim(groups, "one"))
            #expect(try groups.heartbeat(seat, seconds: 0))
            #expect(try groups.gathering(of: group)?.isBroken == true)
            #expect(try !groups.heartbeat(seat, seconds: 60), "who fell silent has lost the seat")
            try groups.leave(seat, error: nil)
            #expect(try !groups.heartbeat(seat, seconds: 60), "and who has left it")
            #expect(try groups.gathering(of: group)?.isBroken == true)
            #expect(try groups.errors(in: group).isEmpty)
            #expect(try groups.note("address", in: group) == .broken)
            let other = try #require(try Self.claim(groups, "two"))
            try groups.leave(other, error: "no memory")
            #expect(try groups.errors(in: group) == ["rank 2: no memory"])

            let again = try groups.open(for: lease, ranks: 3, terms: Self.terms)
            #expect(again != group)
            #expect(try groups.gathering(of: group) == nil)
            #expect(try !groups.heartbeat(seat, seconds: 60))
            // Of no effect: the seat is gone.
            try groups.leave(seat, error: "late")
            try groups.becomeReady(seat)
            let fresh = try #require(try groups.gathering(of: again))
            #expect(fresh.ranks == 3 && fresh.present == 1 && !fresh.isComplete && !fresh.isBroken)
        }
    }

    @Test("A group lives as long as its leader's lease, and the next leader opens another")
    func leaderGone() async throws {
        try await Self.withGroups { groups, connection in
            let jobs = JobQueue(connection)
            let (old, group) = try Self.led("a", connection)
            let seat = try #require(try Self.claim(groups, "one"))
            #expect(try groups.heartbeat(seat, seconds: Self.seconds))
            #expect(try jobs.heartbeat(old, seconds: 0))
            #expect(try !groups.heartbeat(seat, seconds: Self.seconds))
            #expect(try Self.claim(groups, "two") == nil)
            #expect(try !groups.isAwaited(before: .max, terms: Self.terms))
            let new = try Training.claim("fit", jobs, owner: "leader")
            #expect(new.job.id == old.job.id)
            #expect(throws: StoreError.leaseLost(job: old.job.id)) {
                try groups.open(for: old, ranks: 2, terms: Self.terms)
            }
            #expect(try groups.gathering(of: group) != nil, "who lost the lease changes nothing")
            // Whoever opens a group sweeps those away whose leaders are gone.
            _ = try Self.led("b", connection)
            #expect(try groups.gathering(of: group) == nil)
            let next = try groups.open(for: new, ranks: 2, terms: Self.terms)
            #expect(try Self.claim(groups, "two")?.group == next)
            try jobs.complete(new, result: "{}")
            #expect(try Self.claim(groups, "three")?.group != next)
        }
    }

    @Test("A training's groups are told until they are complete")
    func ofTraining() async throws {
        try await Self.withGroups { groups, connection in
            let jobs = JobQueue(connection)
            _ = try Self.led("another", terms: "other", connection)
            let whole = try Training.begun("t", jobs)
            try jobs.divide(whole, into: Training.orders("t/0", "t/1"), checkpoint: [])
            let lease = try Training.claim("fit", jobs, owner: "leader")
            let group = try groups.open(for: lease, ranks: 2, terms: Self.terms)
            let found = try groups.gatherings(ofTraining: whole.job.id)
            #expect(found.count == 1 && found[0].ranks == 2 && found[0].present == 1)
            try groups.becomeReady(try #require(try Self.claim(groups, "one")))
            #expect(try groups.gatherings(ofTraining: whole.job.id).isEmpty)
            try groups.close(group)
            #expect(try groups.gathering(of: group) == nil)
        }
    }

    @Test("Notes are a group's own, bytes are replaced and numbers added up, and they end with the group")
    func notes() async throws {
        try await Self.withGroups { groups, connection in
            let (_, group) = try Self.led("a", connection)
            let (_, other) = try Self.led("b", connection)
            #expect(try groups.note("rank 1", in: group) == .missing)
            try groups.setNote("rank 1", [1, 2], in: group)
            try groups.setNote("rank 1", [3], in: group)
            #expect(try groups.note("rank 1", in: group) == .value([3]))
            #expect(try groups.note("rank 1", in: other) == .missing)
            #expect(try groups.addToNote("count", 2, in: group) == 2)
            #expect(try groups.addToNote("count", -3, in: group) == -1)
            #expect(try groups.addToNote("count", 5, in: other) == 5)
            try groups.close(group)
            #expect(try groups.note("rank 1", in: group) == .broken)
            #expect(throws: StoreError.self) { try groups.setNote("rank 1", [4], in: group) }
            #expect(throws: StoreError.self) { try groups.addToNote("count", 1, in: group) }
        }
    }

    @Test("A seat that another trainer is about to take is passed over, and not waited for")
    func concurrent() async throws {
        try await PostgresFixture.withDatabase { string in
            let (first, second) = (try PostgresConnection(string), try PostgresConnection(string))
            _ = try Self.led("a", first)
            try second.runScript("SET lock_timeout = '5s'")
            let seat = try first.transaction { () throws(StoreError) in
                try first.run("SELECT FROM rank_seats WHERE rank = 1 FOR UPDATE")
                return try RankGroups(second).claim(terms: Self.terms, holder: "two", seconds: Self.seconds)
            }
            #expect(seat?.rank == 2)
            #expect(try Self.claim(RankGroups(first), "one")?.rank == 1)
        }
    }
}
