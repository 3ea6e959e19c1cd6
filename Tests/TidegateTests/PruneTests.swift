import Pipeline
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Prune", .timeLimit(.minutes(20)))
struct PruneTests {
    private static func saveSnapshots(_ position: FeedPosition, _ connection: PostgresConnection) throws {
        for service in Topology.stages {
            try SnapshotStore(connection).save(
                Snapshot(service: service, position: position, batchNumber: 1, state: [1]))
        }
    }

    @Test("Ages are read as people write them, and nothing else is")
    func age() throws {
        #expect(try PruneAge("90d").seconds == 90 * 86_400)
        #expect(
            try [PruneAge("12h").seconds, PruneAge("30m").seconds, PruneAge("1.5s").seconds] == [43_200, 1800, 1.5])
        for text in ["", "d", "90", "-1d", "0h", "xd", "infd", "90w"] {
            #expect(throws: (any Error).self) { try PruneAge(text) }
        }
    }

    @Test("Without a feed, without every stage's snapshot, or while a training needs the feed, nothing goes")
    func refusals() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            func refusal(_ subjects: [Retention.Subject]) -> String? {
                do {
                    _ = try PrunePlan(subjects, olderThan: 60, connection)
                    return nil
                } catch { return "\(error)" }
            }
            #expect(refusal([.metrics]) == "there is no feed yet, so nothing is old")
            let batches = try SampleFeed.batches(30)
            try FeedLog(connection).append(batches)
            #expect(refusal([.metrics])?.hasPrefix("nothing may go yet") == true)
            try Self.saveSnapshots(batches[20].watermark.position, connection)
            #expect(refusal([.metrics, .feed]) == nil)
            try JobQueue(connection).submit("train", payload: "{}", key: "a")
            #expect(refusal([.feed])?.hasPrefix("the feed is needed by a training") == true)
            #expect(refusal(PrunePlan.standard) == nil)
        }
    }

    @Test("What goes is what was announced, ends where every stage can still go back to, and leaves a readable feed")
    func apply() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let batches = try SampleFeed.batches(30)
            try FeedLog(connection).append(batches)
            let floor = batches[20].watermark.position
            try Self.saveSnapshots(floor, connection)
            let plan = try PrunePlan([.feed], olderThan: 60, connection)
            let expected = batches.prefix(21).map { $0.entries.count + 1 }.reduce(0, +)
            #expect(plan.floor == floor && plan.rows == Int64(expected))
            #expect(plan.losses.count == 1 && plan.losses[0].hasPrefix("feed: no training, no replay"))
            var told: [Int] = []
            #expect(try plan.apply(connection) { told.append($0) } == expected)
            #expect(told.last == expected)
            // Whoever goes back to the oldest snapshot is answered.
            let left = try FeedLog(connection).batches(after: floor, limit: 100)
            #expect(left == Array(batches[21...]))
            #expect(try PrunePlan([.feed], olderThan: 60, connection).rows == 0)
            // And the feed goes on.
            #expect(try FeedLog(connection).head()?.watermark == batches.last?.watermark)
        }
    }

    @Test("Age is by the feed's own time")
    func cutoff() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let batches = try SampleFeed.batches(30)
            try FeedLog(connection).append(batches)
            try Self.saveSnapshots(batches[20].watermark.position, connection)
            let plan = try PrunePlan([.feed], olderThan: 15 * 60, connection)
            #expect(plan.cutoff == batches[29].watermark.time.advanced(by: -900_000_000_000))
            // A minute a batch: the last fifteen and the one at the cutoff stay.
            #expect(plan.rows == Int64(batches.prefix(14).map { $0.entries.count + 1 }.reduce(0, +)))
        }
    }

    @Test("Steps of a drill come once each, spread over the feed")
    func steps() {
        var steps = DrillSteps(3)
        let taken = (0...100).compactMap { done in steps.due(done: done, of: 100).map { [$0, done] } }
        #expect(taken == [[0, 25], [1, 50], [2, 75]] && steps.isOver)
        var late = DrillSteps(2)
        #expect((0..<4).map { _ in late.due(done: 100, of: 100) } == [0, 1, nil, nil])
    }
}
