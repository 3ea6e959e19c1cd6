import Schema
import Store
import TestKit
import Testing

@Suite("Shard claims", .timeLimit(.minutes(20)))
struct ShardClaimTests {
    private func claim(_ claims: ShardClaims, _ holder: String, of shards: Int = 2, seconds: Double = 60) throws
        -> Shard?
    {
        try claims.claim("feature-builder", shards: shards, holder: holder, seconds: seconds)
    }

    @Test("Each holder gets a shard of its own, and the one that it has again; beyond them there is none")
    func distinct() async throws {
        try await PostgresFixture.withDatabase { string in
            let claims = ShardClaims(try PostgresConnection(string))
            #expect(try claim(claims, "a") == Shard(0, of: 2))
            #expect(try claim(claims, "b") == Shard(1, of: 2))
            #expect(try claim(claims, "c") == nil)
            #expect(try claim(claims, "b") == Shard(1, of: 2))
            // Another division, and another service, have shards of their own.
            #expect(try claim(claims, "c", of: 3) == Shard(0, of: 3))
            #expect(try claims.claim("inference-server", shards: 2, holder: "c", seconds: 60) == Shard(0, of: 2))
        }
    }

    @Test("What ran out or was given back is anybody's; who lost it cannot renew it")
    func takenOver() async throws {
        try await PostgresFixture.withDatabase { string in
            let claims = ShardClaims(try PostgresConnection(string))
            let first = Shard(0, of: 2)
            #expect(try claim(claims, "a", seconds: 0) == first)
            // Nobody was waiting: it is still a's.
            #expect(try claims.renew("feature-builder", first, holder: "a", seconds: 0))
            #expect(try claim(claims, "b") == first)
            #expect(try !claims.renew("feature-builder", first, holder: "a", seconds: 60))
            try claims.release("feature-builder", first, holder: "a")
            #expect(try claim(claims, "c") == Shard(1, of: 2))
            try claims.release("feature-builder", first, holder: "b")
            #expect(try claim(claims, "d") == first)
        }
    }

    @Test("Of many that ask at once each gets another")
    func concurrent() async throws {
        try await PostgresFixture.withDatabase { string in
            let shards = try await withThrowingTaskGroup(of: Shard?.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let claims = ShardClaims(try PostgresConnection(string))
                        // Who comes second to a free row is told so, and asks again.
                        for _ in 0..<50 {
                            if let shard = try claim(claims, "holder \(number)", of: 8) { return shard }
                        }
                        return nil
                    }
                }
                return try await group.reduce(into: [Shard?]()) { $0.append($1) }
            }
            #expect(Set(shards.compactMap { $0 }).count == 8 && shards.compactMap { $0 }.count == 8)
        }
    }
}
