import Schema
import Store
import TestKit
import Testing

@Suite("Snapshots", .timeLimit(.minutes(20)))
struct SnapshotTests {
    private func snapshot(_ service: String, _ position: UInt64, state: [UInt8] = []) -> Snapshot {
        Snapshot(service: service, position: FeedPosition(position), batchNumber: position / 2, state: state)
    }

    @Test("The last snapshot, and the last at or before a position, are found")
    func latest() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = SnapshotStore(try PostgresConnection(string))
            #expect(try store.latest("a") == nil)
            for position: UInt64 in [5, 9, 13] { try store.save(snapshot("a", position, state: [UInt8(position), 0])) }
            try store.save(snapshot("b", 99))
            #expect(try store.latest("a") == snapshot("a", 13, state: [13, 0]))
            #expect(try store.latest("a", atOrBefore: FeedPosition(9))?.position == FeedPosition(9))
            #expect(try store.latest("a", atOrBefore: FeedPosition(8))?.position == FeedPosition(5))
            #expect(try store.latest("a", atOrBefore: FeedPosition(4)) == nil)
        }
    }

    @Test("A snapshot of the same position replaces the one that is there")
    func replaced() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = SnapshotStore(try PostgresConnection(string))
            try store.save(snapshot("a", 5, state: [1]))
            try store.save(snapshot("a", 5, state: [2]))
            #expect(try store.latest("a")?.state == [2])
            #expect(try store.positions("a").count == 1)
        }
    }

    @Test("Nothing is pruned until every service has a snapshot, and others' snapshots never")
    func waitsForAll() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = SnapshotStore(try PostgresConnection(string))
            for position: UInt64 in [1, 2, 3] { try store.save(snapshot("a", position)) }
            try store.save(snapshot("stranger", 1))
            try store.save(snapshot("stranger", 2))
            #expect(try store.prune(["a", "b"]) == 0)
            try store.save(snapshot("b", 2))
            #expect(try store.prune(["a", "b"]) == 1)
            #expect(try store.positions("a").map(\.rawValue) == [2, 3])
            #expect(try store.positions("stranger").count == 2)
        }
    }

    @Test(
        "Pruning keeps all from the slowest service's last on, and each service's last at or before it",
        arguments: [1, 2, 3, 4] as [UInt64])
    func pruneRule(_ seed: UInt64) async throws {
        try await PostgresFixture.withDatabase { string in
            let store = SnapshotStore(try PostgresConnection(string))
            var random = SplitMix64(seed: seed)
            let services = ["a", "b", "c", "d"]
            var model: [String: Set<UInt64>] = [:]
            for _ in 0..<25 {
                for service in services where Bool.random(using: &random) {
                    let position = (model[service]?.max() ?? 0) + UInt64.random(in: 1...20, using: &random)
                    try store.save(snapshot(service, position))
                    model[service, default: []].insert(position)
                }
                let lasts = services.compactMap { model[$0]?.max() }
                let pruned = try store.prune(services)
                guard lasts.count == services.count, let slowest = lasts.min() else {
                    #expect(pruned == 0)
                    continue
                }
                for service in services {
                    let all = model[service] ?? []
                    let below = all.filter { $0 <= slowest }.max()
                    let kept = all.filter { $0 >= slowest || $0 == below }
                    #expect(Set(try store.positions(service).map(\.rawValue)) == kept)
                    // What recovery rests on, for every position that can still be asked for.
                    for position in slowest..<(slowest + 30) {
                        let expected = all.filter { $0 <= position }.max()
                        #expect(
                            try store.latest(service, atOrBefore: FeedPosition(position))?.position.rawValue == expected
                        )
                    }
                    model[service] = kept
                }
            }
        }
    }

    @Test("The snapshots of another division are those of all its shards at one position; the newest division counts")
    func divided() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = SnapshotStore(try PostgresConnection(string))
            func places(_ shards: Int, after position: UInt64? = nil) throws -> [[String]] {
                try store.divided("a", otherThan: shards, after: position.map(FeedPosition.init)).map { parts in
                    parts.map { "\($0.service) \($0.position.rawValue)" }
                }
            }
            #expect(try places(1).isEmpty)
            try store.save(snapshot("a", 4))
            for position: UInt64 in [6, 8] { try store.save(snapshot("a.2of2", position)) }
            for position: UInt64 in [6, 8, 10] { try store.save(snapshot("a.1of2", position)) }
            try store.save(snapshot("ab.1of2", 10))
            #expect(try places(1) == [["a.1of2 6", "a.2of2 6"], ["a.1of2 8", "a.2of2 8"]])
            #expect(try places(1, after: 6) == [["a.1of2 8", "a.2of2 8"]])
            #expect(try places(1, after: 8).isEmpty)
            #expect(try places(3).map(\.count) == [2, 2])
            #expect(try places(2) == [["a 4"]])
        }
    }

    @Test("A former division's snapshots go once every node of the service has one that none can go back behind")
    func former() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = SnapshotStore(try PostgresConnection(string))
            let nodes = ["a.1of2", "a.2of2", "b"]
            for position: UInt64 in [2, 4] { for node in ["a", "b"] { try store.save(snapshot(node, position)) } }
            for node in ["a.1of2", "a.2of2"] { try store.save(snapshot(node, 6)) }
            // b can still go back to 4, and then asks of what a did behind it.
            try store.save(snapshot("b", 4), pruningAmong: nodes)
            #expect(try store.positions("a").count == 2)
            try store.save(snapshot("b", 6), pruningAmong: nodes)
            #expect(try store.positions("a").isEmpty)
        }
    }

    @Test("Who goes back takes back what lies behind, and so keeps the others from pruning what it needs")
    func goesBack() async throws {
        try await PostgresFixture.withDatabase { string in
            let store = SnapshotStore(try PostgresConnection(string))
            let nodes = ["a", "b"]
            for position: UInt64 in [2, 4, 6, 8] { try store.save(snapshot("a", position)) }
            for position: UInt64 in [2, 4] { try store.save(snapshot("b", position)) }
            #expect(try store.goBack("a", to: FeedPosition(5), among: nodes) == .to(snapshot("a", 4)))
            #expect(try store.positions("a").map(\.rawValue) == [2, 4])
            try store.save(snapshot("b", 6), pruningAmong: nodes)
            #expect(try store.positions("b").map(\.rawValue) == [4, 6])
            // Nobody can ask for what lies before 4, the last place of a.
            #expect(try store.goBack("b", to: FeedPosition(3), among: nodes) == .stay)
            #expect(try store.positions("b").map(\.rawValue) == [4, 6])
        }
    }
}
