import Foundation
import Pipeline
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Retention policy", .timeLimit(.minutes(20)))
struct RetentionPolicyTests {
    @Test("A kind has the age that its setting says, and without one, or with an empty one, it is kept")
    func rules() throws {
        let settings = ["retention.metrics": "90d", "retention.feed": "12h", "retention.candles": ""]
        let policy = try RetentionPolicy { settings[$0] }
        #expect(policy.rules.map(\.subject) == [.metrics, .feed])
        #expect(policy.rules.map(\.age.seconds) == [90 * 86_400, 43_200])
        #expect(try RetentionPolicy { _ in nil }.rules.isEmpty)
    }

    @Test("What is no age is refused by the setting's name", arguments: ["90", "never", "-1d", "0d"])
    func refused(_ text: String) {
        #expect(throws: SettingError("retention.feed is a length of time like 90d, 12h or 30m, not \"\(text)\"")) {
            try RetentionPolicy { $0 == "retention.feed" ? text : nil }
        }
    }

    @Test("It is read from a settings file; one that is not there is said")
    func file() async throws {
        let path = try TemporaryFolder.make() + "/my.yaml"
        try "retention:\n  metrics: 30d\n  statuses: 1d\n".write(toFile: path, atomically: true, encoding: .utf8)
        let policy = try await RetentionPolicy.read(settings: path)
        #expect(policy.rules.map(\.subject) == [.metrics, .statuses])
        #expect(policy.rules.map(\.age.seconds) == [30 * 86_400, 86_400])
        await #expect(throws: SettingError.self) { try await RetentionPolicy.read(settings: path + ".not") }
    }

    @Test("The settings file lists every kind, none of them set")
    func documented() throws {
        let source = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        let root = source.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("ops/settings/tidegate.yaml"), encoding: .utf8)
        let section = try #require(text.split(separator: "retention:\n").last?.split(separator: "\nbuild:").first)
        let listed = section.matches(of: /(?m)^  # ([a-z]+): [0-9]+d$/).map { "retention.\($0.1)" }
        #expect(listed.sorted() == RetentionPolicy.keys.map(\.name).sorted())
        #expect(section.firstMatch(of: /(?m)^  [a-z]/) == nil)
    }

    @Test("A round deletes each kind by its own age, and a kind that may not go now stops no other")
    func round() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let policy = try RetentionPolicy { ["retention.metrics": "20m", "retention.feed": "10m"][$0] }
            let early = try RetentionRound(policy, connection)
            #expect(early.deleted == 0 && early.refusals.keys.sorted() == ["feed", "metrics"])

            let batches = try SampleFeed.batches(30)
            try FeedLog(connection).append(batches)
            for batch in batches {
                let (time, position) = (batch.watermark.time, batch.watermark.position)
                try connection.run(
                    """
                    INSERT INTO metrics (name, label, time, value, position)
                    VALUES ('m', 'l', \(time), 1, \(position))
                    """)
            }
            for service in Topology.stages {
                try SnapshotStore(connection).save(
                    Snapshot(service: service, position: batches[25].watermark.position, batchNumber: 1, state: [1]))
            }
            let job = try JobQueue(connection).submit("train", payload: "{}", key: "a")
            let busy = try RetentionRound(policy, connection)
            // A batch a minute: 29 is the last, and those before 29 - 20 are older.
            #expect(busy.parts.map(\.deleted) == [9] && busy.parts[0].cutoff == batches[9].watermark.time.description)
            #expect(busy.refusals.keys.sorted() == ["feed"])
            #expect(busy.text.hasPrefix("deleted 9 of metrics from before "))
            #expect(busy.text.contains("; feed stay: the feed is needed by a training"))

            try connection.run("UPDATE jobs SET state = 'done' WHERE id = \(job)")
            let idle = try RetentionRound(policy, connection)
            #expect(idle.parts.map(\.what) == ["metrics", "feed"] && idle.refusals.isEmpty)
            #expect(idle.parts.map(\.deleted) == [0, batches.prefix(19).map { $0.entries.count + 1 }.reduce(0, +)])
            #expect(try RetentionRound(policy, connection).text == "nothing deleted")
        }
    }
}
